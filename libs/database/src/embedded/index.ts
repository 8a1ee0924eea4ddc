export * from './cluster';
export * from './free-port';
export * from './tethered';
