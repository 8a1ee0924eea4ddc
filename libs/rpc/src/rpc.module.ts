import { Module, type DynamicModule } from '@nestjs/common';
import type { AppName } from '@signalbox/contracts';
import { Notices } from './notices';
import { RpcClient } from './rpc-client';
import type { Transport } from './transport';

@Module({})
export class RpcModule {
  /**
   * Provides `RpcClient` and `Notices` everywhere in the application.
   * @param app who listens: needed by an app that listens to `one-of-each` notices
   */
  static forRoot(transport: Transport, app?: AppName): DynamicModule {
    return {
      module: RpcModule,
      global: true,
      providers: [
        { provide: RpcClient, useValue: transport.client },
        { provide: Notices, useValue: app === undefined ? transport.notices : transport.noticesOf(app) },
      ],
      exports: [RpcClient, Notices],
    };
  }
}
