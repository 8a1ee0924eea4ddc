export { createEncryptionCanary, expectKeysOfHub } from './encryption-canary';
export { resealAll } from './reseal';
export type { Sealer } from './sealer';
