import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { required } from '@signalbox/config';
import {
  apiKeyOperations,
  auditOperations,
  apiKeysChanged,
  authOperations,
  idempotencyOperations,
  sessionsChanged,
  signingKeyOperations,
  TOKEN_ISSUER,
  usageOperations,
  type ApiKeyFacts,
  type ApiKeyFingerprint,
  type ApiKeyUse,
  type AuditEntry,
  type IdempotencyClaim,
  type Role,
  type SessionView,
  type StoredResponse,
  type VerifyingKeyView,
  type UsageBatch,
  type UsageRecord,
} from '@signalbox/contracts';
import { ApiKeyHasher, makeApiKey, secretKeyId } from '@signalbox/security';
import { createTransport, Handles, type RunningApp, type Transport } from '@signalbox/rpc';
import { testConfig, testLog } from '@signalbox/testing';
import { bootGateway } from '../boot-gateway';
import { ProbeSurfaces } from './probe-surfaces-for-spec';

interface KeptKey {
  readonly id: string;
  readonly digest: string;
  response?: StoredResponse;
}

/** What api-key-auth knows, in memory: stands in for it behind the real transport. */
export class FakeAuth {
  readonly sessions = new Map<string, SessionView>();
  readonly keys = new Map<string, KeptKey>();
  sessionCalls = 0;
  /** Undefined: only that of `JWT_SECRET`. */
  signingKeys?: readonly VerifyingKeyView[];
  keyCalls = 0;
  /** By the hash of the key. */
  readonly apiKeys = new Map<string, ApiKeyFacts>();
  resolveCalls = 0;
  readonly uses: ApiKeyUse[] = [];
  releases: { id: string; may_have_run?: boolean }[] = [];
  /** Entries of the audit log, by id. */
  readonly audited = new Map<string, AuditEntry>();
  /** Records of requests, by batch. */
  readonly usage = new Map<string, readonly UsageRecord[]>();
  /** What an answer waits for, where a test holds it up. */
  held: Promise<void> = Promise.resolve();
}

@Controller()
class FakeAuthController {
  constructor(@Inject(FakeAuth) private readonly auth: FakeAuth) {}

  @Handles(authOperations.session)
  async session({ session_id }: { session_id: string }): Promise<SessionView | null> {
    this.auth.sessionCalls += 1;
    const view = this.auth.sessions.get(session_id) ?? null;
    await this.auth.held;
    return view;
  }

  @Handles(apiKeyOperations.resolve)
  async resolve({
    fingerprints,
  }: {
    fingerprints: readonly ApiKeyFingerprint[];
  }): Promise<ApiKeyFacts | null> {
    this.auth.resolveCalls += 1;
    const facts = fingerprints.map(({ hash }) => this.auth.apiKeys.get(hash)).find(Boolean) ?? null;
    await this.auth.held;
    return facts;
  }

  @Handles(apiKeyOperations.used)
  used({ uses }: { uses: readonly ApiKeyUse[] }): Promise<{ stored: number }> {
    this.auth.uses.push(...uses);
    return Promise.resolve({ stored: uses.length });
  }

  @Handles(signingKeyOperations.list)
  async signingKeys(): Promise<{ keys: readonly VerifyingKeyView[] }> {
    this.auth.keyCalls += 1;
    const keys = this.auth.signingKeys ?? [
      {
        kid: secretKeyId(required(testConfig(), 'JWT_SECRET')),
        algorithm: 'HS256',
        accepted_until: null,
      } as const,
    ];
    await this.auth.held;
    return { keys };
  }

  @Handles(idempotencyOperations.claim)
  claim({ scope, key, digest }: { scope: string; key: string; digest: string }): Promise<IdempotencyClaim> {
    const known = this.auth.keys.get(`${scope} ${key}`);
    if (!known) {
      const id = randomUUID();
      this.auth.keys.set(`${scope} ${key}`, { id, digest });
      return Promise.resolve({ state: 'run', id });
    }
    if (known.digest !== digest) return Promise.resolve({ state: 'mismatch' });
    return Promise.resolve(
      known.response ? { state: 'replay', response: known.response } : { state: 'running' },
    );
  }

  @Handles(idempotencyOperations.settle)
  settle({ id, response }: { id: string; response: StoredResponse }): Promise<{ stored: boolean }> {
    for (const kept of this.auth.keys.values()) if (kept.id === id) kept.response = response;
    return Promise.resolve({ stored: true });
  }

  @Handles(idempotencyOperations.release)
  release(input: { id: string; may_have_run?: boolean }): Promise<{ released: boolean }> {
    this.auth.releases.push(input);
    for (const [name, kept] of this.auth.keys) if (kept.id === input.id) this.auth.keys.delete(name);
    return Promise.resolve({ released: true });
  }

  @Handles(auditOperations.store)
  async audit({ entries }: { entries: readonly AuditEntry[] }): Promise<{ stored: number }> {
    await this.auth.held;
    for (const entry of entries) this.auth.audited.set(entry.id, entry);
    return { stored: entries.length };
  }

  @Handles(usageOperations.store)
  store({ id, records }: UsageBatch): Promise<{ stored: number }> {
    this.auth.usage.set(id, records);
    return Promise.resolve({ stored: records.length });
  }
}

@Module({})
class FakeAuthModule {
  static of(auth: FakeAuth): DynamicModule {
    return {
      module: FakeAuthModule,
      controllers: [FakeAuthController],
      providers: [{ provide: FakeAuth, useValue: auth }],
    };
  }
}

export interface SignedIn {
  readonly token: string;
  readonly sessionId: string;
  readonly userId: string;
}

/** The gateway on a real socket with routes of every surface, over the real in-process transport. */
export class RunningGateway {
  readonly jwt = new JwtService();

  private constructor(
    readonly auth: FakeAuth,
    readonly transport: Transport,
    readonly gateway: RunningApp & { readonly url: string },
    readonly log: ReturnType<typeof testLog>,
    readonly secret: string,
    private readonly stopAuth: () => Promise<void>,
  ) {}

  static async start(variables: Readonly<Record<string, string>> = {}): Promise<RunningGateway> {
    const config = testConfig({
      LIMIT_USER_PER_MINUTE: '1000000',
      LIMIT_READ_PER_MINUTE: '1000000',
      LIMIT_WRITE_PER_MINUTE: '1000000',
      ...variables,
    });
    const log = testLog();
    const transport = await createTransport(config, log);
    const auth = new FakeAuth();
    const service = await NestFactory.createMicroservice<MicroserviceOptions>(FakeAuthModule.of(auth), {
      strategy: transport.server('api-key-auth'),
      logger: false,
    });
    await service.listen();
    const gateway = await bootGateway({ config, transport, log }, [ProbeSurfaces]);
    const secret = required(config, 'JWT_SECRET');
    return new RunningGateway(auth, transport, gateway, log, secret, () => service.close());
  }

  get url(): string {
    return this.gateway.url;
  }

  signIn(role: Role = 'admin'): SignedIn {
    const sessionId = randomUUID();
    const userId = randomUUID();
    const name = `${role}-${userId.slice(0, 8)}`;
    this.auth.sessions.set(sessionId, {
      principal: { kind: 'user', id: userId, name, role, projects: null, sessionId },
      user: {
        id: userId,
        username: name,
        email: `${name}@example.com`,
        first_name: '',
        last_name: '',
        role,
        is_active: true,
        projects: null,
        date_joined: '2026-11-21T12:00:00.000Z',
      },
    });
    return { token: this.token({ sub: userId, sid: sessionId }), sessionId, userId };
  }

  token(claims: object, options: object = {}): string {
    return this.jwt.sign(
      { typ: 'access', ...claims },
      {
        secret: this.secret,
        algorithm: 'HS256',
        issuer: TOKEN_ISSUER,
        audience: TOKEN_ISSUER,
        expiresIn: 900,
        ...options,
      },
    );
  }

  /** A key that may read and write, unless said otherwise. */
  apiKey(facts: Partial<ApiKeyFacts> = {}): { key: string; id: string } {
    const key = makeApiKey('eak_');
    const id = randomUUID();
    this.changeKey(key, {
      id,
      name: 'key',
      usable: true,
      remaining_ms: null,
      scopes: ['read', 'write'],
      project_ids: null,
      allowed_ips: [],
      rate_limit: 1_000_000,
      ...facts,
    });
    return { key, id };
  }

  /** Nobody is told. */
  changeKey(key: string, facts: ApiKeyFacts | null): void {
    const { hash } = new ApiKeyHasher(testConfig().API_KEY_PEPPERS ?? []).fingerprint(key);
    if (facts) this.auth.apiKeys.set(hash, facts);
    else this.auth.apiKeys.delete(hash);
  }

  tellChanged(...ids: string[]): void {
    this.transport.notices.tell(apiKeysChanged, { key_ids: ids });
  }

  end(sessionId: string): void {
    this.auth.sessions.delete(sessionId);
    this.transport.notices.tell(sessionsChanged, { session_ids: [sessionId] });
  }

  fetch(path: string, init: RequestInit & { token?: string } = {}): Promise<Response> {
    const { token, headers, ...rest } = init;
    return fetch(`${this.url}${path}`, {
      ...rest,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(headers as Record<string, string>) },
    });
  }

  post(path: string, body: unknown, init: RequestInit & { token?: string } = {}): Promise<Response> {
    return this.fetch(path, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string>) },
    });
  }

  /** Sends exactly these bytes and answers everything that comes back until the connection ends. */
  raw(bytes: string | Buffer): Promise<string> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')));
      socket.setEncoding('utf8');
      socket.on('data', (text: string) => (answer += text));
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });
  }

  /** Sends these bytes and goes away without waiting for an answer. */
  abandoned(bytes: string): Promise<void> {
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(bytes, () => socket.end()));
      socket.on('error', reject);
      socket.on('close', () => resolve());
      socket.resume();
    });
  }

  async stop(): Promise<void> {
    await this.gateway.close();
    await this.stopAuth();
    await this.transport.close(1_000);
  }
}
