import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TetheredOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** The signal that asks the server to end properly. */
  readonly endSignal: 'INT' | 'TERM';
  /** Called with each line the server writes. */
  readonly onLine?: (line: string) => void;
}

/**
 * The shell outlives us when we are killed: it then reads the end of its input and ends the server properly. The server
 * has a session of its own, so that Ctrl-C in a terminal reaches us and not it.
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
( read -r _ <&3; kill -"$END_SIGNAL" "$server" ) 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;

/** A server that never outlives the process that started it, however that ends. Linux and macOS. */
export class Tethered {
  /** Resolves with the exit code when the server is gone; never rejects. */
  readonly exited: Promise<number>;
  private readonly keeper: ChildProcess;
  private gone = false;

  constructor(command: readonly string[], options: TetheredOptions) {
    this.keeper = spawn('/bin/sh', ['-c', KEEPER, 'keeper', ...command], {
      env: { ...(options.env ?? process.env), END_SIGNAL: options.endSignal },
      cwd: options.cwd,
      uid: options.uid,
      gid: options.gid,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.keeper.stdin?.on('error', () => undefined);
    for (const stream of [this.keeper.stdout, this.keeper.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => options.onLine?.(line));
    }
    this.exited = new Promise((resolve) => {
      const end = (code: number) => {
        this.gone = true;
        resolve(code);
      };
      this.keeper.once('error', () => end(127));
      this.keeper.once('exit', (code) => end(code ?? 137));
    });
  }

  get running(): boolean {
    return !this.gone;
  }

  /** Asks the server to end, and kills it when it has not done so in time. */
  async stop(withinMs: number): Promise<void> {
    this.keeper.stdin?.end();
    const ended = await Promise.race([this.exited.then(() => true), sleep(withinMs, false, { ref: false })]);
    if (!ended) await this.kill();
  }

  /** SIGKILL, as when the machine is out of memory. */
  async kill(): Promise<void> {
    if (this.running && this.keeper.pid !== undefined) {
      try {
        process.kill(-this.keeper.pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    await this.exited;
  }
}
