import { execFile } from 'node:child_process';
import { access, chmod, chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { binaries } from './binaries';
import { freePort } from './free-port';
import { identityFor, type Identity } from './identity';
import { clearOrphan } from './orphan';
import { Tethered } from './tethered';

/** Replaying the log after a crash counts. */
const READY_MS = 300_000;
const STOP_MS = 30_000;
const PORTS_TRIED = 5;

export interface ClusterOptions {
  /** Made when it does not exist. Only one process at a time may use it: hold a lock. */
  readonly dir: string;
  readonly password: string;
  /** Of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Called with each line of the server's log. */
  readonly onLog?: (line: string) => void;
}

/** A PostgreSQL of our own, from the binaries that npm installed; on 127.0.0.1 only, password asked for (SCRAM). */
export class PostgresCluster {
  static readonly USER = 'signalbox';
  private readonly dir: string;
  private server: Tethered | undefined;
  private port: number | undefined;

  constructor(private readonly options: ClusterOptions) {
    this.dir = resolve(options.dir);
  }

  url(database = 'postgres'): string {
    if (this.port === undefined) throw new Error('The cluster has not been started');
    return PostgresCluster.urlAt(this.port, this.options.password, database);
  }

  /** Of a cluster that another process has started. */
  static urlAt(port: number, password: string, database: string): string {
    return `postgresql://${PostgresCluster.USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  }

  /**
   * Starts the server, on the port it had before when it was started before. Ends a server that a killed process left
   * behind. Resolves when connections are accepted, with a promise for the moment when the server is gone.
   */
  async start(): Promise<{ exited: Promise<number> }> {
    const { initdb, postgres } = await binaries();
    const identity = await identityFor(this.dir, postgres);
    if (!(await exists(join(this.dir, 'PG_VERSION')))) await this.initialise(initdb, identity);
    await clearOrphan(this.dir);
    for (let tried = 1; ; tried += 1) {
      const port = this.port ?? (await freePort());
      const log = await this.launch(postgres, identity, port);
      if (this.server?.running) {
        this.port = port;
        return { exited: this.server.exited };
      }
      // The port may have been taken, and after a kill the old server's children may need a moment to go.
      const passing = /could not bind|pre-existing shared memory block/.test(log);
      if (!passing || tried === PORTS_TRIED)
        throw new Error(`PostgreSQL did not start in ${this.dir}:\n${log}`);
      await sleep(500);
    }
  }

  /** Ends sessions, writes everything down. */
  async stop(): Promise<void> {
    await this.server?.stop(STOP_MS);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.server?.kill();
  }

  /** Made beside its place and then moved there, so that an interrupted start leaves nothing half made. */
  private async initialise(initdb: string, identity: Identity): Promise<void> {
    const making = `${this.dir}.new`;
    await rm(making, { recursive: true, force: true });
    await mkdir(making, { recursive: true, mode: 0o700 });
    const passwordFile = `${making}.password`;
    await writeFile(passwordFile, this.options.password, { mode: 0o600 });
    if (identity.owner) {
      for (const path of [making, passwordFile]) await chown(path, identity.owner.uid, identity.owner.gid);
    }
    try {
      const [command = initdb, ...args] = [
        ...identity.prefix,
        initdb,
        `--pgdata=${making}`,
        `--username=${PostgresCluster.USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-instructions',
      ];
      await promisify(execFile)(command, args, { ...identity.spawn, cwd: '/', timeout: READY_MS });
    } catch (error) {
      const { stderr } = error as { stderr?: string };
      throw new Error(`PostgreSQL could not be set up in ${this.dir}: ${stderr?.trim() || String(error)}`, {
        cause: error,
      });
    } finally {
      await rm(passwordFile, { force: true });
    }
    await chmod(making, 0o700);
    await rename(making, this.dir);
  }

  /** Resolves when the server is ready, or gone; with the last lines of its log. */
  private async launch(postgres: string, identity: Identity, port: number): Promise<string> {
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      lc_messages: 'C',
      ...this.options.settings,
    };
    const last: string[] = [];
    let server: Tethered | undefined;
    const ready = new Promise<void>((done) => {
      server = this.server = new Tethered(
        [
          ...identity.prefix,
          postgres,
          '-D',
          this.dir,
          ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
        ],
        {
          ...identity.spawn,
          cwd: '/',
          endSignal: 'INT',
          onLine: (line) => {
            if (last.push(line) > 20) last.shift();
            this.options.onLog?.(line);
            if (line.includes('database system is ready to accept connections')) done();
          },
        },
      );
    });
    const late = await Promise.race([
      ready,
      server?.exited.then(() => undefined),
      sleep(READY_MS, true, { ref: false }),
    ]);
    if (late) await this.kill();
    // What it wrote last may still be on its way when it exits.
    if (!server?.running) await sleep(50);
    return last.join('\n');
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
