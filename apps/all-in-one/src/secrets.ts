import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '@signalbox/rpc';

/** Each made on its own where it is missing, so that one given by hand does not change the others. */
const MAKERS = {
  ADMIN_PASSWORD: () => randomBytes(15).toString('base64url'),
  ADMIN_SECRET: () => randomBytes(24).toString('base64url'),
  JWT_SECRET: () => randomBytes(48).toString('base64url'),
  API_KEY_PEPPERS: () => randomBytes(48).toString('base64url'),
  ENCRYPTION_KEY: () => randomBytes(32).toString('base64'),
  /** Of the embedded PostgreSQL; nobody else needs it. */
  POSTGRES_PASSWORD: () => randomBytes(24).toString('base64url'),
};

export type SecretName = keyof typeof MAKERS;
type Kept = Partial<Record<SecretName, string>>;

export interface Secrets {
  readonly values: Readonly<Record<SecretName, string>>;
  /** Those that were made just now. */
  readonly made: readonly SecretName[];
}

/**
 * The secrets of the embedded start: `given`, else those kept in the data folder, else new ones that are kept there
 * (folder 0700, file 0600).
 */
export async function keepSecrets(dataDir: string, given: Kept): Promise<Secrets> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = fileIn(dataDir);
  for (;;) {
    const kept = await read(file);
    const missing = (Object.keys(MAKERS) as SecretName[]).filter((name) => !given[name] && !kept?.[name]);
    const all: Kept = { ...kept };
    for (const name of missing) all[name] = MAKERS[name]();
    if (missing.length > 0 && !(await write(file, all, kept === undefined))) continue;
    return { values: { ...all, ...given } as Record<SecretName, string>, made: missing };
  }
}

/** Those that a hub keeps in its data folder; undefined where there was none yet. */
export function keptSecrets(dataDir: string): Promise<Kept | undefined> {
  return read(fileIn(dataDir));
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}

async function read(file: string): Promise<Kept | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StartError(`The secrets in ${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  try {
    return JSON.parse(text) as Kept;
  } catch (cause) {
    throw new StartError(
      `${file} is damaged. Restore it: without its ENCRYPTION_KEY the stored secrets cannot be read.`,
      { cause },
    );
  }
}

/** Whole or not at all. False when another start has just made the file that should have been `fresh`. */
async function write(file: string, secrets: Kept, fresh: boolean): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(secrets, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await (fresh ? link(draft, file) : rename(draft, file));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}
