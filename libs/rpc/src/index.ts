export * from './notices';
export * from './rpc-client';
export * from './runtime';
export * from './transport';
