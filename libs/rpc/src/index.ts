export * from './notices';
export * from './rpc-client';
