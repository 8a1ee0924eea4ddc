import 'reflect-metadata';
import { createHmac, createSecretKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serve } from '../kit/worker';

/** What is used of the compiled hub: importing its sources would compile them once more, without their libraries. */
interface ApiKeys {
  onModuleInit(): Promise<void>;
  resolve(key: string, bearer: object): unknown;
}
type MakeApiKeys = new (rpc: object, notices: object, hasher: object, uses: object) => ApiKeys;
interface Security {
  readonly ApiKeyHasher: new (peppers: readonly string[]) => object;
  readonly makeApiKey: (prefix: string) => string;
}

const load = createRequire(__filename);
const compiled = (file: string): unknown => load(join(__dirname, '../..', file));

const PEPPER = 'a-pepper-for-measuring-and-nothing-else';
const BEARER = { address: '127.0.0.1', requestId: 'bench', traceparent: '' };
/** Between two looks at the clock, and so that answers that have to be asked for again come in. */
const BATCH = 1_000;

let keys: readonly string[] = [];
let verifier: ApiKeys | undefined;

/**
 * Calls `work` with one key after the other for so long, letting whatever else waits go on in between. Answers how often in a
 * second of processor time, so that what else the machine does counts for little.
 */
async function perSecond(seconds: number, work: (key: string) => void): Promise<number> {
  const start = performance.now();
  const before = process.cpuUsage();
  let done = 0;
  while (performance.now() - start < seconds * 1_000) {
    for (let i = 0; i < BATCH; i += 1) work(keys[done++ % keys.length] ?? '');
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { user, system } = process.cpuUsage(before);
  return done / ((user + system) / 1_000_000);
}

const api = {
  /** Makes so many keys, and asks the gateway's own part for each once. */
  async make(count: number): Promise<void> {
    const { ApiKeys: Verifier } = compiled('apps/gateway/src/access/api-keys.js') as { ApiKeys: MakeApiKeys };
    const { ApiKeyHasher, makeApiKey } = compiled('libs/security/src/index.js') as Security;
    const { KeyUses } = compiled('apps/gateway/src/access/key-uses.js') as {
      KeyUses: new (rpc: object, log: object) => object;
    };
    const rpc = {
      call: (_operation: object, { fingerprints: [first] }: { fingerprints: { hash: string }[] }) =>
        Promise.resolve({
          id: first?.hash,
          name: 'key',
          usable: true,
          remaining_ms: 3_600_000,
          scopes: ['read', 'write'],
          project_ids: ['project'],
          allowed_ips: ['127.0.0.0/8', '2001:db8::/32'],
          rate_limit: 1_000,
        }),
    };
    const notices = { listen: () => Promise.resolve(), onReconnect: () => undefined };
    verifier = new Verifier(
      rpc,
      notices,
      new ApiKeyHasher([PEPPER]),
      new KeyUses(rpc, { debug: () => undefined }),
    );
    await verifier.onModuleInit();
    keys = Array.from({ length: count }, () => makeApiKey('eak_'));
    for (const key of keys) await verifier.resolve(key, BEARER);
  },

  /** Keys verified a second: checksum, keyed hash, lookup, comparison, expiry, address, note of the use. */
  hub: (seconds: number): Promise<number> =>
    perSecond(seconds, (key) => {
      if (verifier?.resolve(key, BEARER) === null) throw new Error('A key was refused');
    }),

  /** Keyed hashes made a second: the least there is to do. */
  limit: (seconds: number): Promise<number> => {
    const pepper = createSecretKey(Buffer.from(PEPPER));
    return perSecond(seconds, (key) => void createHmac('sha256', pepper).update(key).digest());
  },
};

export type KeyVerification = typeof api;
serve(api);
