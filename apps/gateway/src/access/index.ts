export * from './access-rule';
export * from './caller.decorator';
