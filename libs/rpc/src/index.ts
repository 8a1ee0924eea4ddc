export * from './create-transport';
export * from './handles';
export * from './notices';
export * from './process';
export * from './rpc-client';
export * from './rpc.module';
export * from './runtime';
export * from './transport';
