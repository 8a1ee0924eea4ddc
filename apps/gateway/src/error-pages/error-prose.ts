import type { ErrorCode } from '@signalbox/contracts';

/** What a page says of a code, in Markdown. Everything else on it is derived. */
export interface ErrorProse {
  /** A line, for the index too. */
  readonly means: string;
  /** What brings it about. */
  readonly causes: readonly string[];
  readonly remedies: readonly string[];
}

const IDEMPOTENT =
  'Send an `Idempotency-Key` with every POST that creates something, and repeat with the same key: it is made once.';
const REPORT =
  'Should it stay so, report it with the `X-Request-Id` of the answer: every log line of the request carries it.';
const WAIT =
  'Wait as long as `Retry-After` says, where there is one, else with a growing delay; then repeat.';

/** The only hand-written source of `docs/errors/`. */
export const ERROR_PROSE: Readonly<Record<ErrorCode, ErrorProse>> = {
  VALIDATION_FAILED: {
    means: 'A field is missing, unknown or wrong; nothing was stored',
    causes: [
      'A field of the body that the operation does not know, that is missing, of the wrong type, too long, out of range or none of the values there are. Unknown fields are refused rather than ignored, since they are mostly misspelt.',
      'A parameter of the query that is wrong, cannot be decoded or is given twice. Unknown parameters are ignored.',
      'An `Idempotency-Key` that is no printable text of 1 to 255 characters.',
      'A NUL character in a text, or a field called `__proto__`.',
    ],
    remedies: [
      'Every field at fault is named, as you wrote it (`retry_config.max_retries`, `events[1]`), with what is wrong with it. Put them all right and repeat: the same request fails the same way.',
      'The rules of each field are in the OpenAPI document (`/api/v1/doc`).',
    ],
  },
  MALFORMED_BODY: {
    means: 'The body is not the JSON it claims to be, or the request cannot be read at all',
    causes: [
      'The body is not JSON, not UTF-8, nested more than 64 levels deep, or names a field twice.',
      'The path of the address holds a `%` that no two hexadecimal digits follow.',
      'The request is no HTTP, or its headers are too large (431) or never end (408). Then the connection ends as well.',
    ],
    remedies: [
      'Let a JSON library write the body, and send its bytes as they are. Where the fault is known the answer names the place.',
    ],
  },
  UNAUTHENTICATED: {
    means: 'No credential, a bad one, or two different ones',
    causes: [
      'There is no credential: no `Authorization: Bearer <token or API key>`, `Authorization: ApiKey <key>` or `X-API-Key: <key>`.',
      'The token has expired, was signed by nobody we know, or belongs to a session that has ended: by signing out, a change of password, or a refresh token used twice.',
      'The API key is mistyped, revoked, rotated out, switched off or expired.',
      'The request bears two different credentials.',
      'At sign-in: the user name, password or secret is wrong.',
      'A delivery of a provider: its signature is missing, wrong, or of too long ago ([Receiving](../receiving.md#what-is-answered)).',
    ],
    remedies: [
      'A token: refresh it, or sign in again. An access token is good for 15 minutes.',
      'A key: an administrator sees what became of it ([API keys](../api-keys.md)). Which of the reasons it was is not told to who calls.',
      'A delivery: hold the secret of the endpoint, and its `signature_header`, against what is set up at [the provider](../providers.md). `signalbox_inbound_refused_total` has the reason.',
      'The same request will fail again: do not repeat it unchanged.',
    ],
  },
  FORBIDDEN: {
    means: 'The caller is known and may not',
    causes: [
      'The role of the user, or the scopes of the API key, do not suffice. `x-access` in the OpenAPI document says what each operation needs.',
      'The API key may not be used from this address (`allowed_ips`).',
      'The hub takes no requests from this address at all (`IP_ALLOW`, `IP_DENY`), or the webhook endpoint no deliveries (`allowed_ips`).',
    ],
    remedies: [
      'Use a credential that may, or ask an administrator. What lies outside the projects of a caller is 404, not 403.',
      'Behind a proxy, see [who is taken for the client](../operations.md#limits): `TRUST_PROXY` must name the proxy.',
    ],
  },
  NOT_FOUND: {
    means: 'It is not there, or not for this caller',
    causes: [
      'Nothing has that id; or it was deleted.',
      'It belongs to a project that the caller is not confined to, or to none while the caller is confined. To those callers it does not exist.',
      'Nothing is served at this path. The answer then has the shape of [the nearest surface](../errors.md#the-shapes).',
    ],
    remedies: ['Check the id and the path, and with whose credential you ask.'],
  },
  METHOD_NOT_ALLOWED: {
    means: 'The path exists, not with this method',
    causes: ['A method that this path does not take.'],
    remedies: ['`Allow` in the answer says which it takes.'],
  },
  CONFLICT: {
    means: 'Against what is there, or an `Idempotency-Key` used with another request',
    causes: [
      'A name that must be unique is taken: of a user, an event type, a report; the path of a webhook endpoint.',
      'What is asked cannot be done in this state: resending deliveries of a webhook that is switched off, changing an API key that is revoked, removing the last administrator, replaying an event that is being processed.',
      'There are as many as there may be, of event types or reports.',
      'The `Idempotency-Key` was used with another body, or the first request with it is still running. In the latter case there is a `Retry-After`.',
    ],
    remedies: [
      'With `Retry-After`: wait, and repeat; you get the first request’s answer.',
      'Without: read what is there, and decide. The message says which it is.',
    ],
  },
  PAYLOAD_TOO_LARGE: {
    means: 'The body is larger than the hub takes',
    causes: [
      'The body is over `BODY_LIMIT_BYTES`, 1 MiB unless it was changed; that of a delivery also once it is unpacked.',
    ],
    remedies: ['Send less at a time. Who runs the hub may raise the limit.'],
  },
  UNSUPPORTED_MEDIA_TYPE: {
    means: 'The body is not `application/json`, or is packed',
    causes: [
      'The `Content-Type` is missing or another one.',
      'There is a `Content-Encoding`: packed bodies are not taken, but for deliveries of providers, with gzip or deflate.',
    ],
    remedies: ['Send `Content-Type: application/json` and the plain bytes.'],
  },
  RATE_LIMITED: {
    means: 'Too many requests; `Retry-After` says when to come back',
    causes: [
      'A [limit](../operations.md#limits) is reached: of the key, the user, the address, the webhook endpoint or everybody together. `RateLimit` in the answer says which.',
      'Too many failed sign-ins: the next one is [slowed](../signing-in.md#signing-in), and trying earlier does not help, even with the right password.',
    ],
    remedies: [
      'Wait as long as `Retry-After` says, then repeat. What is refused is not counted.',
      'Watch `RateLimit` (or `X-RateLimit-Remaining`) and slow down before it comes to this. An API key’s limit is its own `rate_limit`.',
    ],
  },
  RECEIVER_FAILED: {
    means: 'The receiver of a test delivery refused or failed; what came back is in the answer',
    causes: [
      'The receiver answered something other than 2xx, or not in time, or could not be reached.',
      'The hub [may not call](../webhooks.md#what-the-hub-refuses-to-call) the address: it is private, for one.',
    ],
    remedies: [
      'The answer holds the status, the beginning of the body and the error that came back. Put the receiver right and test again.',
      'Nothing is wrong with the hub: real deliveries are retried, and answer nothing to who publishes.',
    ],
  },
  DATABASE_UNAVAILABLE: {
    means: 'The database does not answer',
    causes: ['PostgreSQL is down, cannot be reached, or has no connection to spare.'],
    remedies: [WAIT, IDEMPOTENT, REPORT],
  },
  CACHE_UNAVAILABLE: {
    means: 'Redis does not answer',
    causes: [
      'Published for completeness: the hub serves without Redis, and each gateway enforces its share of the limits meanwhile. No operation of this version answers it.',
    ],
    remedies: [WAIT],
  },
  SERVICE_UNAVAILABLE: {
    means: 'Nobody took the request. It was not run',
    causes: [
      'The service behind the gateway is down, starting or stopping, or the bus between them is.',
      'The hub is under more load than it takes.',
      'A delivery of a provider is not known to be stored. Sent again, it is stored once.',
    ],
    remedies: [WAIT, REPORT],
  },
  DEADLINE_EXCEEDED: {
    means: 'No answer in time. **It may have run**',
    causes: [
      'The service, or its database, was too slow; or the connection to it broke after the request was sent.',
    ],
    remedies: [
      `Whether it ran is unknown. ${IDEMPOTENT} Without one, look before you repeat.`,
      'A report or statistics over a long time: ask for a shorter one.',
      REPORT,
    ],
  },
  INTERNAL: {
    means: 'A fault of ours; the log has the cause under the request id',
    causes: ['A mistake in the hub. What went wrong inside is never part of the answer.'],
    remedies: [
      'Report it with the `X-Request-Id` of the answer: every log line of the request carries it.',
      `It may have run. ${IDEMPOTENT}`,
    ],
  },
};
