import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import type { Role } from '@signalbox/contracts';
import { answered, type Answer, type CallOptions } from './answer';
import { type BootedHub, sharedByAll } from './booted-hub';
import { PublishedDocument } from './published-document';

const STARTS_WITHIN_MS = 90_000;
const RAW_PATIENCE_MS = 10_000;
const PUBLISHES = /\/webhooks\/events\/[^/]+$/;
interface SignedIn {
  readonly access: string;
  readonly refresh: string;
}

/** Who calls: a role, or a token of one's own; nobody in particular with `null`. */
export type CallerName = Role | { readonly token: string } | null;

/** A whole hub under test. What it answers is held against the document it publishes. */
export class Hub {
  private readonly tokens = new Map<string, Promise<string>>();
  private document: Promise<PublishedDocument> | undefined;

  constructor(private readonly booted: BootedHub) {}

  get url(): string {
    return this.booted.url;
  }

  get adminSecret(): string {
    return this.booted.adminSecret;
  }

  get adminUsername(): string {
    return this.booted.adminUsername;
  }

  get adminPassword(): string {
    return this.booted.adminPassword;
  }

  /** @throws Error of a hub that runs elsewhere */
  get databaseUrl(): string {
    if (this.booted.databaseUrl === undefined) throw new Error('The database of this hub cannot be reached');
    return this.booted.databaseUrl;
  }

  /** Lines of the log; none of a hub that runs elsewhere. */
  logged(): readonly string[] {
    return this.booted.logged();
  }

  /** A project that nobody else knows. */
  project(): string {
    return `project-${randomUUID()}`;
  }

  /**
   * Calls as an admin unless told otherwise.
   *
   * @throws Error when an event of no project was published on a shared hub: it reaches the webhooks of every other suite
   */
  async call<T = unknown>(method: string, path: string, options: CallOptions = {}): Promise<Answer<T>> {
    const { as = 'admin', ...rest } = options;
    const token = as === null ? undefined : typeof as === 'string' ? await this.token(as) : as.token;
    const answer = await answered<T>(this.url, method, path, token, rest);
    (await this.published()).check(method, path, answer);
    if (this.booted.shared && answer.status === 202 && PUBLISHES.test(path)) {
      if (!`${path} ${JSON.stringify(rest.body)}`.includes('project_id'))
        throw new Error(`The event of ${path} belongs to no project: give it one, or use a hub of your own`);
    }
    return answer;
  }

  /** Sends exactly these bytes and answers all that comes back until the connection ends. */
  raw(bytes: string): Promise<string> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      socket.setTimeout(RAW_PATIENCE_MS, () => socket.destroy(new Error('no answer')));
      socket.setEncoding('utf8');
      socket.on('data', (text: string) => (answer += text));
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  }

  /** The OpenAPI document of the hub. */
  published(): Promise<PublishedDocument> {
    this.document ??= answered(this.url, 'GET', '/api/v1/doc').then(
      ({ text }) => new PublishedDocument(text),
    );
    return this.document;
  }

  /** A token of a user with that role who is confined to nothing. */
  token(role: Role): Promise<string> {
    const known = this.tokens.get(role);
    if (known) return known;
    const made =
      role === 'admin'
        ? this.signIn(this.adminUsername, this.adminPassword).then(({ access }) => access)
        : this.user({ role }).then(({ token }) => token);
    this.tokens.set(role, made);
    return made;
  }

  /** A new user, signed in. */
  async user(properties: {
    role: Role;
    projects?: readonly string[];
  }): Promise<{ token: string; username: string; password: string }> {
    const username = `${properties.role}-${randomUUID()}`;
    const password = randomUUID();
    const created = await this.call('POST', '/api/users/', {
      body: { username, password, email: `${username}@example.com`, ...properties },
    });
    if (created.status !== 201) throw new Error(`No user was made: ${created.text}`);
    return { token: (await this.signIn(username, password)).access, username, password };
  }

  async signIn(username: string, password: string): Promise<SignedIn> {
    const { status, text, body } = await answered<SignedIn>(this.url, 'POST', '/api/auth/login/', undefined, {
      body: { username, password },
    });
    if (status !== 200) throw new Error(`Nobody was signed in: ${text}`);
    return body;
  }

  stop(): Promise<void> {
    return this.booted.stop();
  }
}

/**
 * The hub of a file of tests, which others use at the same time: a test knows what it has made by its own project, user or id.
 * Where that is not enough: `useOwnHub`.
 */
export function useHub(): Hub {
  return useBooted(sharedByAll);
}

/** There before the first test of a file, gone after its last. */
export function useBooted(boot: () => Promise<BootedHub>): Hub {
  let started: Hub | undefined;
  beforeAll(async () => {
    started = new Hub(await boot());
  }, STARTS_WITHIN_MS);
  afterAll(() => started?.stop(), STARTS_WITHIN_MS);
  return new Proxy({} as Hub, {
    get(_target, name) {
      if (!started) throw new Error('The hub is there only inside tests');
      const value: unknown = Reflect.get(started, name, started);
      return typeof value === 'function' ? (value.bind(started) as unknown) : value;
    },
  });
}
