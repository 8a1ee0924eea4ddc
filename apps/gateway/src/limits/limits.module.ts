import { Module, type DynamicModule } from '@nestjs/common';
import type { Config } from '@signalbox/config';
import type { Logger } from 'pino';
import { LimitStore } from './limit-store';
import { Limiter, OwnLimiter } from './limiter';
import { MemoryLimitStore } from './memory-limit-store';
import { Policies } from './policies';
import { RedisLimitStore } from './redis/redis-limit-store';
import { RedisLink } from './redis/redis-link';

@Module({})
export class LimitsModule {
  static of(config: Config, log: Logger): DynamicModule {
    return {
      module: LimitsModule,
      // Deliveries are counted once it is known whose they are: in a controller.
      global: true,
      providers: [
        { provide: LimitStore, useFactory: () => storeOf(config, log) },
        {
          provide: Limiter,
          inject: [LimitStore],
          useFactory: (store: LimitStore) => new Limiter(store, new Policies(config)),
        },
        {
          provide: OwnLimiter,
          useFactory: () => new OwnLimiter(new MemoryLimitStore(), new Policies(config)),
        },
      ],
      exports: [Limiter, OwnLimiter],
    };
  }
}

function storeOf({ REDIS_URL, LIMIT_REDIS_TIMEOUT_MS }: Config, log: Logger): LimitStore {
  const own = new MemoryLimitStore();
  if (REDIS_URL === undefined) return own;
  return new RedisLimitStore(new RedisLink(REDIS_URL, LIMIT_REDIS_TIMEOUT_MS, log), own);
}
