import {
  type CallHandler,
  type DynamicModule,
  type ExecutionContext,
  Injectable,
  Module,
  type NestInterceptor,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Config } from '@signalbox/config';
import type { Logger } from 'pino';
import { catchError, type Observable, throwError } from 'rxjs';
import { DataSource, EntityManager } from 'typeorm';
import { Database } from './database';
import { asDatabaseError } from './errors';
import type { ServiceDatabase } from './service-database';

/** Whatever a repository or the pool throws in a handler because the server is gone leaves it as `DATABASE_UNAVAILABLE`. */
@Injectable()
class DatabaseErrorInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => asDatabaseError(error))));
  }
}

@Injectable()
class DatabaseShutdown implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

/**
 * A service's database: `Database`, `DataSource`, and its entities' repositories (`@InjectRepository`), everywhere in the
 * application that imports it once. The schema must have been migrated (`migrate`).
 *
 * The data source is provided here and not by `TypeOrmModule.forRoot`: that keeps a process-wide list of names, and
 * several services may share a process.
 */
@Module({})
export class DatabaseModule {
  static forService(database: ServiceDatabase, config: Config, log: Logger): DynamicModule {
    const repositories = TypeOrmModule.forFeature([...database.entities]);
    return {
      module: DatabaseModule,
      global: true,
      imports: [repositories],
      providers: [
        { provide: Database, useFactory: () => Database.open(database, config, log) },
        { provide: DataSource, useFactory: (opened: Database) => opened.dataSource, inject: [Database] },
        { provide: EntityManager, useFactory: (source: DataSource) => source.manager, inject: [DataSource] },
        { provide: APP_INTERCEPTOR, useClass: DatabaseErrorInterceptor },
        {
          provide: DatabaseShutdown,
          useFactory: (opened: Database) => new DatabaseShutdown(opened),
          inject: [Database],
        },
      ],
      exports: [Database, DataSource, EntityManager, repositories],
    };
  }
}
