import { randomUUID } from 'node:crypto';
import { until } from '@signalbox/testing';
import { Agent, request } from 'undici';
import { ADMIN } from './environment';

/** Whatever state the hub is in, a request is answered within this: the longest deadline of a call, and what a busy machine adds. */
export const SETTLES_WITHIN_MS = 20_000;

export interface HubAnswer<T = unknown> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed, as whoever asks says it is; undefined where it is no JSON. */
  readonly json: T;
}

export interface CallOptions {
  /** Sent as JSON; text and bytes are sent as they are. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
}

/** A hub that was too busy for a moment says of itself for a second that it is not well. */
const WELL_WITHIN_MS = 15_000;

/** Not answered within its time: the one thing that must never happen. */
export class Hung extends Error {}

/** Calls one gateway with one token. */
export class HubClient {
  constructor(
    readonly url: string,
    readonly token: string | undefined,
    private readonly agent = new Agent({ connections: 128, pipelining: 1 }),
  ) {}

  static async signIn(url: string, who: { username: string; password: string } = ADMIN): Promise<HubClient> {
    const client = new HubClient(url, undefined);
    const { username, password } = who;
    const answer = await client.call<{ access: string }>('POST', '/api/auth/login/', {
      body: { username, password },
    });
    if (answer.status !== 200) throw new Error(`Nobody was signed in: ${answer.status} ${answer.text}`);
    return new HubClient(url, answer.json.access, client.agent);
  }

  /** The same caller at another gateway. */
  at(url: string): HubClient {
    return new HubClient(url, this.token);
  }

  /**
   * @throws Hung when no answer comes in time; another error when the connection breaks
   */
  async call<T = unknown>(method: string, path: string, options: CallOptions = {}): Promise<HubAnswer<T>> {
    const { body, headers = {}, withinMs = SETTLES_WITHIN_MS } = options;
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const patience = AbortSignal.timeout(withinMs);
    try {
      const response = await request(this.url + path, {
        method: method as 'GET',
        dispatcher: this.agent,
        signal: patience,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
          ...headers,
        },
        body: raw ? body : JSON.stringify(body),
      });
      const text = await response.body.text();
      return { status: response.statusCode, headers: response.headers, text, json: parsed(text) as T };
    } catch (error) {
      if (patience.aborted) throw new Hung(`${method} ${path} was not answered within ${withinMs} ms`);
      throw error;
    }
  }

  /** Calls and expects success; answers what the envelope carries. */
  async ok<T>(method: string, path: string, options?: CallOptions): Promise<T> {
    const { status, text, json } = await this.call<{ content?: T; data?: T }>(method, path, options);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    const carried = json.content ?? json.data;
    if (carried === undefined) throw new Error(`${method} ${path} carries nothing: ${text}`);
    return carried;
  }

  /** What the hub says of its health, once that is good. @throws when it is not in time */
  healthy(withinMs = WELL_WITHIN_MS): Promise<Readonly<Record<string, unknown>>> {
    return until('the hub is healthy', withinMs, async () => {
      const { json } = await this.call<{ content?: { status: string } }>('GET', '/api/v1/health');
      return json.content?.status === 'healthy' && json.content;
    });
  }

  async createWebhook(input: {
    url: string;
    secret: string;
    project?: string;
    events?: string[];
    retry?: { max_retries: number; retry_delay: number };
    timeout_seconds?: number;
  }): Promise<WebhookHandle> {
    const project = input.project ?? `project-${randomUUID()}`;
    const { id } = await this.ok<{ id: string }>('POST', '/api/v1/webhooks', {
      body: {
        project_id: project,
        name: 'system test',
        url: input.url,
        events: input.events ?? ['task.created'],
        secret: input.secret,
        retry_config: input.retry,
        timeout_seconds: input.timeout_seconds,
      },
    });
    return { id, project };
  }

  /** Deliveries of a webhook in a state. */
  async deliveries(webhookId: string, status: 'pending' | 'success' | 'failed'): Promise<number> {
    const path = `/api/v1/admin/integration/webhooks/${webhookId}/deliveries?limit=1&status=${status}`;
    const {
      status: code,
      text,
      json,
    } = await this.call<{ pagination: { total: number } }>('GET', path, { withinMs: 30_000 });
    if (code !== 200) throw new Error(`GET ${path}: ${code} ${text}`);
    return json.pagination.total;
  }
}

export interface WebhookHandle {
  readonly id: string;
  readonly project: string;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
