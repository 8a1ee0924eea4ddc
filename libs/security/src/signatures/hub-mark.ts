import { keyedHash } from '../hashing/hashing';

/** A header by which a hub knows its own deliveries, should they come back to it. */
export interface HubMark {
  readonly header: string;
  readonly value: string;
}

const CHARACTERS = 32;

/** The same in every process of a hub, and another's is another. Tells nothing of the key. */
export function hubMark(brand: string, encryptionKey: string): HubMark {
  return { header: `X-${brand}-Hub`, value: keyedHash(encryptionKey, 'hub mark').slice(0, CHARACTERS) };
}
