import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '@signalbox/config';
import { LimitStore } from './limit-store';
import { Limiter } from './limiter';
import { MemoryLimitStore } from './memory-limit-store';

@Module({})
export class LimitsModule {
  static of(config: Config): DynamicModule {
    return {
      module: LimitsModule,
      providers: [
        { provide: LimitStore, useFactory: () => new MemoryLimitStore() },
        {
          provide: Limiter,
          inject: [LimitStore],
          useFactory: (store: LimitStore) => new Limiter(store, config),
        },
      ],
      exports: [Limiter],
    };
  }
}
