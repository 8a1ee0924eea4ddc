export * from './metrics-export';
