import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
// Relative, as in libs/testing: what starts servers is all that is needed of it.
import { Tethered } from '../../../libs/database/src/embedded';
import { until } from '@signalbox/testing';

const ROOT = resolve(__dirname, '../../..');
const STARTS_WITHIN_MS = 90_000;
const KEPT_LINES = 400;
const TOLD_LINES = 40;
const PROBE_MS = 3_000;
const METRICS_WITHIN_MS = 30_000;

export interface AppOptions {
  readonly name: string;
  /** Under `dist/apps`: `gateway/src/main.js`. */
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  /** Port of its metrics and health. */
  readonly opsPort: number;
}

/** One process of the compiled hub. It ends with the tests, whatever becomes of them. */
export class AppProcess {
  private process: Tethered | undefined;
  private readonly lines: string[] = [];
  private exitCode: Promise<number> | undefined;
  private starts = 0;

  constructor(private readonly options: AppOptions) {}

  get name(): string {
    return this.options.name;
  }

  get running(): boolean {
    return this.process?.running ?? false;
  }

  /** How often it has been started: what heals by itself is not started again. */
  get timesStarted(): number {
    return this.starts;
  }

  get opsUrl(): string {
    return `http://127.0.0.1:${this.options.opsPort}`;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  launch(): void {
    const main = join(ROOT, 'dist/apps', this.options.main);
    if (!existsSync(main)) throw new Error(`${main} is not there: npm run build`);
    this.starts += 1;
    this.process = new Tethered([process.execPath, main], {
      cwd: ROOT,
      env: { ...inherited(), ...this.options.env, METRICS_PORT: String(this.options.opsPort) },
      endSignal: 'TERM',
      onLine: (line) => {
        if (this.lines.push(line) > KEPT_LINES) this.lines.shift();
      },
    });
    this.exitCode = this.process.exited;
  }

  /** For what ends by itself; answers its exit code, 137 when it did not end in time. */
  async runToEnd(withinMs: number): Promise<number> {
    this.launch();
    const late = setTimeout(() => void this.kill(), withinMs);
    try {
      return (await this.exitCode) ?? 0;
    } finally {
      clearTimeout(late);
    }
  }

  async ready(withinMs = STARTS_WITHIN_MS): Promise<void> {
    await until(`${this.name} is ready`, withinMs, async () => {
      if (!this.running) throw new Error(`${this.name} ended:\n${this.lines.slice(-TOLD_LINES).join('\n')}`);
      return (await this.probe('/health/ready')).status === 200;
    });
  }

  /** What one of its own endpoints answers; status 0 where nobody does. */
  async probe(
    path: '/health/live' | '/health/ready' | '/metrics',
    withinMs = PROBE_MS,
  ): Promise<{ status: number; body: string }> {
    try {
      const response = await fetch(this.opsUrl + path, { signal: AbortSignal.timeout(withinMs) });
      return { status: response.status, body: await response.text() };
    } catch {
      return { status: 0, body: '' };
    }
  }

  /** The sum of a metric over its labels; 0 where it has none. @throws where the process does not run */
  async metric(name: string, labels = ''): Promise<number> {
    const { body } = await until(`${this.name} tells its metrics`, METRICS_WITHIN_MS, async () => {
      if (!this.running) throw new Error(`${this.name} does not run`);
      const answer = await this.probe('/metrics');
      return answer.status === 200 && answer;
    });
    return body
      .split('\n')
      .filter((line) => new RegExp(`^${name}[{ ]`).test(line) && line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** SIGTERM; answers its exit code, 137 when it did not end in time. */
  async stop(withinMs = 40_000): Promise<number> {
    await this.process?.stop(withinMs);
    return (await this.exitCode) ?? 0;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  /** The last lines that say that something is wrong. */
  complaints(): string {
    const wrong = this.lines.filter((line) => !/"level":"(info|debug|trace)"/.test(line)).slice(-TOLD_LINES);
    return `--- ${this.name} (${this.running ? 'running' : 'ended'})\n${wrong.map((line) => line.slice(0, 600)).join('\n')}`;
  }
}

/** Nothing of a developer's own settings, and no options of the Node that runs the tests. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env;
  return { PATH, HOME, TMPDIR, LANG };
}
