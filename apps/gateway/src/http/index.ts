export * from './origin.decorator';
export * from './raw-body.decorator';
