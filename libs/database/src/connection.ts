import type { PoolConfig } from 'pg';
import { DataSource, type Logger as TypeOrmLogger } from 'typeorm';
import type { Logger } from 'pino';
import type { ServiceDatabase } from './service-database';
import { endsInSilence } from './silence';

/** Longest wait for a connection, whether it is being made or all of the pool's are taken. */
const CONNECT_MS = 5_000;
const STATEMENT_MS = 15_000;
/** The server ends a statement at `STATEMENT_MS`; this is for a server that no longer answers at all. */
const ANSWER_MS = STATEMENT_MS + 5_000;
const IDLE_IN_TRANSACTION_MS = 30_000;

export interface ConnectionOptions {
  readonly url: string;
  readonly database: Pick<ServiceDatabase, 'schema' | 'byIndex'>;
  readonly poolSize: number;
  /** Waits are unbounded on the server's side: for migrations. */
  readonly patient?: boolean;
  readonly connectMs?: number;
}

/** How this project connects to PostgreSQL: every wait has an end, dead peers are noticed, one schema is seen. */
export function poolConfig(options: ConnectionOptions): PoolConfig {
  return {
    connectionString: withSettings(options.url, options.database),
    max: options.poolSize,
    connectionTimeoutMillis: options.connectMs ?? CONNECT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: `signalbox-${options.database.schema}`,
    onConnect: (client) => {
      // A connection that breaks while it is taken emits this, which would end the process were nobody listening.
      client.on('error', () => undefined);
      if (options.patient !== true) endsInSilence(client, ANSWER_MS);
    },
    ...(options.patient
      ? {}
      : {
          statement_timeout: STATEMENT_MS,
          idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
        }),
  };
}

/** As start-up options of the connection, so that no connection is ever without them and none costs a round trip more. */
function withSettings(url: string, { schema, byIndex }: ConnectionOptions['database']): string {
  const settings = [`search_path=${schema}`, ...(byIndex ? ['enable_seqscan=off'] : [])];
  const withOptions = new URL(url);
  const own = withOptions.searchParams.get('options');
  withOptions.searchParams.set(
    'options',
    [...(own ? [own] : []), ...settings.map((setting) => `-c ${setting}`)].join(' '),
  );
  return withOptions.href;
}

export function createDataSource(
  database: ServiceDatabase,
  options: Omit<ConnectionOptions, 'database'>,
  log: Logger,
): DataSource {
  const { connectionString, max, connectionTimeoutMillis, application_name, ...extra } = poolConfig({
    ...options,
    database,
  });
  return new DataSource({
    type: 'postgres',
    url: connectionString,
    schema: database.schema,
    entities: [...database.entities],
    migrations: [...database.migrations],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    poolSize: max,
    connectTimeoutMS: connectionTimeoutMillis,
    applicationName: application_name,
    // The error itself carries the whole client, which is not for the log.
    poolErrorHandler: ({ message }: Error) =>
      log.warn({ schema: database.schema, reason: message }, 'An idle database connection broke'),
    logger: new PinoTypeOrmLogger(log),
    logging: ['error', 'warn'],
    extra,
  });
}

/** Statements carry customers' data, so only what is not a statement is logged. */
class PinoTypeOrmLogger implements TypeOrmLogger {
  constructor(private readonly pino: Logger) {}

  logQuery(): void {}
  logQueryError(): void {}
  logQuerySlow(): void {}

  logSchemaBuild(message: string): void {
    this.pino.debug(message);
  }

  logMigration(message: string): void {
    this.pino.debug(message);
  }

  log(level: 'log' | 'info' | 'warn', message: unknown): void {
    this.pino[level === 'warn' ? 'warn' : 'debug'](String(message));
  }
}
