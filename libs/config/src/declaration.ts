import { z } from 'zod';
import { aesKey, cidr, keyRing, list, url, whole, type Variable } from './variable';

const POSTGRES = ['postgres:', 'postgresql:'];

function declare<D extends Record<string, Variable>>(declaration: D): D {
  return declaration;
}

export const DECLARATION = declare({
  NODE_ENV: {
    schema: z.enum(['development', 'production', 'test']).default('development'),
    about: 'In `production` nothing is made up: every secret must be given.',
    group: 'Server',
  },
  HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    about: 'Address that the gateway and the metrics server listen on.',
    group: 'Server',
  },
  PORT: { schema: whole(0, 65_535).default(8093), about: 'Port of the gateway.', group: 'Server' },
  METRICS_PORT: {
    schema: whole(0, 65_535).optional(),
    about:
      'Port that serves `/metrics` and `/health/*` without a credential, for inside a cluster. The gateway serves them on `PORT` too, `/metrics` to those who may read it.',
    group: 'Server',
  },
  PUBLIC_URL: {
    schema: url('http:', 'https:').optional(),
    about:
      'How the outside reaches the gateway; used in links, and told to providers whose webhooks the hub sets up.',
    group: 'Server',
  },
  TRUST_PROXY: {
    schema: list(cidr).default([]),
    about: 'Proxies whose `X-Forwarded-For` is believed: addresses or CIDR ranges, comma-separated.',
    group: 'Server',
  },
  DATA_DIR: {
    schema: z.string().min(1).default('.data'),
    about: 'Folder of the embedded PostgreSQL and of the secrets the embedded start makes.',
    group: 'Server',
  },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    about: 'Least severe log line written.',
    group: 'Server',
  },
  SHUTDOWN_SECONDS: {
    schema: whole(1, 300).default(25),
    about: 'Longest time a shutdown waits for what is under way.',
    group: 'Server',
  },
  DATABASE_URL: {
    schema: url(...POSTGRES).optional(),
    about: 'PostgreSQL. Without it the embedded start runs its own.',
    group: 'Parts',
    secret: true,
  },
  DATABASE_REPLICA_URLS: {
    schema: list(url(...POSTGRES)).default([]),
    about: 'Read replicas, comma-separated: lists and logs, which may lag, are read there.',
    group: 'Parts',
    secret: true,
  },
  DATABASE_POOL_SIZE: {
    schema: whole(1, 200).default(10),
    about: 'Connections a service opens at most.',
    group: 'Parts',
  },
  REDIS_URL: {
    schema: url('redis:', 'rediss:').optional(),
    about:
      'Redis for jobs, and for limits that all gateways share. Without it jobs live in PostgreSQL, and each gateway limits for itself.',
    group: 'Parts',
    secret: true,
  },
  AMQP_URL: {
    schema: url('amqp:', 'amqps:').optional(),
    about: 'RabbitMQ between the apps. Without it all apps must run in one process.',
    group: 'Parts',
    secret: true,
  },
  ADMIN_USERNAME: {
    schema: z.string().min(1).max(150).default('admin'),
    about: 'Name of the first administrator.',
    group: 'Secrets',
  },
  ADMIN_PASSWORD: {
    schema: z.string().min(8).max(256).optional(),
    about: 'Password of the first administrator.',
    group: 'Secrets',
    secret: true,
    requiredBy: ['api-key-auth'],
  },
  ADMIN_SECRET: {
    schema: z.string().min(16).max(256).optional(),
    about: 'Secret that signs in as the administrator (`POST /api/v1/auth/login`).',
    group: 'Secrets',
    secret: true,
    requiredBy: ['api-key-auth'],
  },
  JWT_SECRET: {
    schema: z.string().min(32).max(1024).optional(),
    about: 'Key that signs access tokens; at least 32 characters.',
    group: 'Secrets',
    secret: true,
    requiredBy: ['gateway', 'api-key-auth'],
  },
  ENCRYPTION_KEY: {
    schema: aesKey.optional(),
    about: 'Key that encrypts stored secrets: 32 bytes in base64 (`openssl rand -base64 32`).',
    group: 'Secrets',
    secret: true,
    requiredBy: ['webhook-dispatcher', 'integration-sync', 'api-key-auth'],
    or: 'ENCRYPTION_KEYS',
  },
  ENCRYPTION_KEYS: {
    schema: keyRing.optional(),
    about:
      'Keys that came after `ENCRYPTION_KEY`, each with its version: `2:key,1:key`. The highest version encrypts, the others and `ENCRYPTION_KEY` still decrypt (`npm run encryption:rotate`).',
    group: 'Secrets',
    secret: true,
  },
  API_KEY_PEPPERS: {
    schema: list(z.string().min(32).max(1024))
      .refine((peppers) => peppers.length > 0, 'must name at least one')
      .optional(),
    about:
      'Keys under which the hashes of API keys are made, comma-separated, at least 32 characters each. The first makes new ones, the others are still accepted.',
    group: 'Secrets',
    secret: true,
    requiredBy: ['gateway', 'api-key-auth'],
  },
  API_KEY_EXPIRING_DAYS: {
    schema: whole(1, 365).default(7),
    about: 'Days before an API key expires that `api_key.expiring` is published.',
    group: 'Delivery',
  },
  BODY_LIMIT_BYTES: {
    schema: whole(1024, 64 * 1024 * 1024).default(1024 * 1024),
    about: 'Largest request body.',
    group: 'Limits',
  },
  LIMIT_USER_PER_MINUTE: {
    schema: whole(1, 1_000_000_000).default(100),
    about: 'Requests a minute of one signed-in user.',
    group: 'Limits',
  },
  LIMIT_AUTH_PER_MINUTE: {
    schema: whole(1, 1_000_000_000).default(10),
    about: 'Sign-ins and refreshes a minute from one address.',
    group: 'Limits',
  },
  SIGN_IN_FREE_FAILURES: {
    schema: whole(1, 1_000_000).default(5),
    about:
      'Failed sign-ins of one account from one address until the next has to wait; ten times as many from one address for all accounts.',
    group: 'Limits',
  },
  LIMIT_READ_PER_MINUTE: {
    schema: whole(1, 1_000_000_000).default(60),
    about: 'Reads a minute of one client on the code-review surface, and without a credential anywhere.',
    group: 'Limits',
  },
  LIMIT_WRITE_PER_MINUTE: {
    schema: whole(1, 1_000_000_000).default(30),
    about: 'Writes a minute of one client on the code-review surface, and without a credential anywhere.',
    group: 'Limits',
  },
  LIMIT_RECEIVE_PER_MINUTE: {
    schema: whole(1, 1_000_000_000).default(10),
    about:
      'Deliveries a minute to one webhook endpoint that says nothing else (`rate_limit`), and to each path of none from one client.',
    group: 'Limits',
  },
  LIMIT_PROVIDER_PER_MINUTE: {
    schema: whole(1, 1_000_000_000).default(100),
    about: 'Deliveries a minute of one client to the common address of a provider.',
    group: 'Limits',
  },
  LIMIT_GLOBAL_PER_SECOND: {
    schema: whole(1, 1_000_000_000).default(10_000),
    about: 'Requests a second of everybody together.',
    group: 'Limits',
  },
  LIMIT_REDIS_TIMEOUT_MS: {
    schema: whole(5, 5_000).default(50),
    about:
      'How long a request waits for Redis to count it, in milliseconds. After that the gateway enforces its share of the limits.',
    group: 'Limits',
  },
  MAX_CONNECTIONS: {
    schema: whole(1, 1_000_000).default(20_000),
    about: 'Connections that a gateway holds at once.',
    group: 'Limits',
  },
  MAX_CONNECTIONS_PER_ADDRESS: {
    schema: whole(1, 1_000_000).default(1_000),
    about: 'Of those, from one address. Proxies named in `TRUST_PROXY` are exempt.',
    group: 'Limits',
  },
  HEADERS_TIMEOUT_SECONDS: {
    schema: whole(1, 600).default(15),
    about: 'How long a client may take to send the headers of a request.',
    group: 'Limits',
  },
  REQUEST_TIMEOUT_SECONDS: {
    schema: whole(1, 3600).default(60),
    about: 'How long a client may take to send a whole request. Answering it may take longer.',
    group: 'Limits',
  },
  IP_ALLOW: {
    schema: list(cidr).default([]),
    about:
      'Addresses or CIDR ranges, comma-separated, that may call the gateway; everybody, where none is named. Behind a proxy, set `TRUST_PROXY` too.',
    group: 'Limits',
  },
  IP_DENY: {
    schema: list(cidr).default([]),
    about: 'Addresses or CIDR ranges, comma-separated, that may not, whatever `IP_ALLOW` says.',
    group: 'Limits',
  },
  BRAND: {
    schema: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9]{0,30}$/, 'must be letters and digits')
      .default('EmbedAI'),
    about: 'Brand in the delivery headers: `X-<brand>-Signature`, `User-Agent: <brand>-Webhook/1.0`.',
    group: 'Delivery',
  },
  OUTBOUND_ALLOW_PRIVATE: {
    schema: list(cidr).optional(),
    about:
      'Private address ranges that outbound requests may reach, comma-separated. None by default; the embedded start allows loopback.',
    group: 'Delivery',
  },
  DELIVERY_CONCURRENCY: {
    schema: whole(1, 10_000).default(512),
    about: 'Deliveries one dispatcher has under way at once.',
    group: 'Delivery',
  },
  DELIVERY_ENDPOINT_CONCURRENCY: {
    schema: whole(1, 1_000).default(32),
    about: 'Of those, to one webhook.',
    group: 'Delivery',
  },
  DELIVERY_RETRY_AFTER_MAX_SECONDS: {
    schema: whole(1, 7 * 24 * 3600).default(24 * 3600),
    about: 'Longest `Retry-After` of an endpoint that is honoured.',
    group: 'Delivery',
  },
  DELIVERY_RESPONSE_LIMIT_BYTES: {
    schema: whole(0, 1024 * 1024).default(16 * 1024),
    about: 'Bytes of an endpoint’s answer that are kept with the attempt.',
    group: 'Delivery',
  },
  DELIVERY_RETENTION_DAYS: {
    schema: whole(1, 3650).default(30),
    about: 'Days that ended deliveries, their attempts and events are kept.',
    group: 'Delivery',
  },
  INBOUND_RETENTION_DAYS: {
    schema: whole(1, 3650).default(30),
    about:
      'Days that what providers sent is kept once it is processed. What is sent again later than that is taken for new.',
    group: 'Delivery',
  },
  STATSD_URL: {
    schema: url('udp:', 'statsd:')
      .refine((text) => new URL(text).hostname !== '', 'must name a host')
      .optional(),
    about:
      'StatsD that gets the figures of `/metrics` too: `udp://host:8125`. Labels are sent as DogStatsD tags.',
    group: 'Metrics',
  },
  ELASTICSEARCH_URL: {
    schema: url('http:', 'https:').optional(),
    about:
      'Elasticsearch (or what speaks its bulk API) that gets the figures of `/metrics` too: `https://user:password@host:9200`.',
    group: 'Metrics',
    secret: true,
  },
  ELASTICSEARCH_INDEX: {
    schema: z
      .string()
      .regex(
        /^(?:[a-z0-9.]|\{date\})(?:[a-z0-9._-]|\{date\}){0,199}$/,
        'must be the name of an index, in lower case',
      )
      .default('signalbox-metrics-{date}'),
    about:
      'Index or data stream that figures go to; `{date}` becomes the day (UTC) they are of: `2026.11.21`.',
    group: 'Metrics',
  },
  METRICS_INTERVAL_SECONDS: {
    schema: whole(1, 3600).default(10),
    about: 'How often figures are sent to `STATSD_URL` and `ELASTICSEARCH_URL`.',
    group: 'Metrics',
  },
  USAGE_RETENTION_DAYS: {
    schema: whole(1, 3650).default(30),
    about: 'Days that the record of each request is kept. Sums by hour and day are kept longer.',
    group: 'Usage',
  },
  AUDIT_RETENTION_DAYS: {
    schema: whole(0, 36_500).default(365),
    about: 'Days that an entry of the audit log is kept; 0 keeps them for ever.',
    group: 'Usage',
  },
});

export type VariableName = keyof typeof DECLARATION;
export type Config = { readonly [K in VariableName]: z.output<(typeof DECLARATION)[K]['schema']> };
