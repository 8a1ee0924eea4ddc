import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../libs/database/src/embedded';
import { AppProcess } from './app-process';
import { COMMON } from './environment';
import type { Stack } from './stack';

export interface EmbeddedStack extends Stack {
  readonly hub: AppProcess;
  readonly dataDir: string;
}

/**
 * What `npm start` starts: one process, a PostgreSQL of its own in a folder of its own.
 * @param env what it is told beside what every hub under test is
 */
export async function startEmbedded(env: Readonly<Record<string, string>> = {}): Promise<EmbeddedStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'signalbox-hub-'));
  const port = await freePort();
  const hub = new AppProcess({
    name: 'all-in-one',
    main: 'all-in-one/src/main.js',
    opsPort: await freePort(),
    env: { ...COMMON, ...env, DATA_DIR: dataDir, PORT: String(port) },
  });
  const stop = async () => {
    await hub.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await hub.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { name: 'embedded', hub, dataDir, apps: [hub], gateways: [`http://127.0.0.1:${port}`], stop };
}
