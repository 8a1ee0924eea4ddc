import { version } from '../../../../package.json';

/** Version of the hub, as it is published. */
export const VERSION: string = version;
