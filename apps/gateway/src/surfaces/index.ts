export * from './answers';
export * from './declare-route';
export * from './route-facts';
export * from './surface';
