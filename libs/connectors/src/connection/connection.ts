import type { OutboundMethod } from '@signalbox/security';

export interface ConnectorRequest {
  readonly method: OutboundMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface ConnectorResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The answer had more body than was read. */
  readonly truncated: boolean;
}

/**
 * The way out for connectors: the guarded client of `@signalbox/security`, with time and size bounded by whoever gives it.
 * Follows no redirects. Rejects when no answer comes.
 */
export interface ConnectorHttp {
  send(request: ConnectorRequest): Promise<ConnectorResponse>;
}

export type ConnectionFailure =
  /** A setting is missing or makes no sense: nothing was sent. */
  | 'invalid_settings'
  /** The credentials were refused. */
  | 'unauthorized'
  /** They were taken, and do not suffice. */
  | 'forbidden'
  /** Not a failure of the integration: to be asked again later. */
  | 'rate_limited'
  | 'unreachable'
  | 'unexpected_answer';

export type ConnectionResult =
  | {
      readonly connected: true;
      /** Whose credentials they are, as far as the provider says: `name`, `email`, `country`, … */
      readonly account: Readonly<Record<string, string>>;
    }
  | {
      readonly connected: false;
      readonly reason: ConnectionFailure;
      /** Of the provider's answer, when there was one. */
      readonly status: number | null;
      /** For people, in English. Holds nothing of the credentials. */
      readonly message: string;
      readonly retryAfterSeconds: number | null;
    };

/** A call to a provider that did not do what it should. The message holds nothing of the credentials. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';

  constructor(
    readonly reason: ConnectionFailure,
    message: string,
    readonly status: number | null = null,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }
}

type Values = Readonly<Record<string, unknown>>;

/** The first that is given counts. */
const ADDRESSES = ['base_url', 'api_url'] as const;

/** Configuration and credentials of an integration, as a connector reads them. */
export class ConnectionSettings {
  constructor(
    private readonly configuration: Values,
    private readonly credentials: Values,
  ) {}

  /** @throws ConnectionError where there is none */
  credential(name: string): string {
    return this.optionalCredential(name) ?? missing(name);
  }

  optionalCredential(name: string): string | undefined {
    return textOf(this.credentials, name);
  }

  /** @throws ConnectionError where there is none */
  text(name: string): string {
    return this.optionalText(name) ?? missing(name);
  }

  optionalText(name: string): string | undefined {
    return textOf(this.configuration, name);
  }

  /**
   * `base_url` (S1 calls it `api_url`), else `otherwise`, followed by `path`.
   *
   * @param path begins with a slash; texts from settings in it are escaped by the caller
   * @throws ConnectionError where it is missing or no plain http URL
   */
  url(path: string, otherwise?: string): string {
    const name = ADDRESSES.find((one) => isGiven(this.configuration, one));
    const base = name === undefined ? (otherwise ?? missing('base_url')) : this.optionalText(name);
    const plain = base !== undefined && URL.canParse(base) ? new URL(base) : undefined;
    if (
      plain === undefined ||
      !['http:', 'https:'].includes(plain.protocol) ||
      plain.username !== '' ||
      plain.password !== '' ||
      plain.search !== '' ||
      plain.hash !== ''
    ) {
      throw new ConnectionError(
        'invalid_settings',
        `${name ?? 'base_url'} must be an http or https URL without user, query or fragment`,
      );
    }
    return `${plain.origin}${plain.pathname === '/' ? '' : plain.pathname.replace(/\/$/, '')}${path}`;
  }
}

/** Also as what is no text: then nothing else is taken instead, or credentials would go there. */
function isGiven(values: Values, name: string): boolean {
  const value = Object.hasOwn(values, name) ? values[name] : null;
  return value !== null && (typeof value !== 'string' || value.trim() !== '');
}

function textOf(values: Values, name: string): string | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function missing(name: string): never {
  throw new ConnectionError('invalid_settings', `${name} is missing`);
}
