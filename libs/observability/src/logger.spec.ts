import { stripVTControlCharacters } from 'node:util';
import { SYSTEM } from '@signalbox/contracts';
import { loadConfig } from '@signalbox/config';
import { Logger as NestLogger } from '@nestjs/common';
import { CallScope } from './call-scope';
import { createLogger } from './logger';
import { NestPinoLogger } from './nest-logger';
import { readableLine } from './readable';

const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');
const config = loadConfig(
  { LOG_LEVEL: 'debug', ENCRYPTION_KEY, DATABASE_URL: 'postgres://hub:pass@db/hub' },
  [],
);

function logger() {
  const text: string[] = [];
  return {
    log: createLogger(config, 'gateway', { write: (line) => void text.push(line) }),
    text,
    lines: () => text.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('createLogger', () => {
  it('writes one JSON object a line, with level, time, app and message', () => {
    const { log, text, lines } = logger();
    log.info({ port: 1 }, 'listening');
    expect(text[0]).toMatch(/^\{.*\}\n$/);
    expect(lines()[0]).toMatchObject({ level: 'info', app: 'gateway', port: 1, msg: 'listening' });
    expect(lines()[0]?.time).toMatch(/^\d{4}-.*Z$/);
  });

  it('mixes in the call that is being handled, across awaits, and only there', async () => {
    const { log, lines } = logger();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await CallScope.run({ requestId: 'r1', traceparent, principal: SYSTEM, deadline: 0 }, async () => {
      await Promise.resolve();
      log.child({ part: 'x' }).warn('inside');
    });
    log.info('outside');
    expect(lines()[0]).toMatchObject({
      requestId: 'r1',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      principalId: 'system',
      part: 'x',
    });
    expect(lines()[1]).not.toHaveProperty('requestId');
  });

  it('never writes a secret: not by key, nor in bindings, messages, arguments, errors or word for word', () => {
    const { log, text } = logger();
    const error = new Error(`cannot use ${ENCRYPTION_KEY}`, {
      cause: new Error('redis://u:hush@r:1 is down'),
    });
    log.info({ user: { password: 'hush' }, req: { body: 'hush' } }, 'x');
    log.child({ token: 'hush' }).info('y');
    log.info('connecting to %s with %o', 'postgres://u:hush@h/d', { apiKey: 'hush' });
    log.error(error);
    log.error({ err: error, config });
    const all = text.join('');
    expect(all).not.toContain('hush');
    expect(all).not.toContain(ENCRYPTION_KEY);
    expect(all).not.toContain(':pass@');
    expect(text).toHaveLength(5);
  });

  it('keeps the message, stack and cause of an error', () => {
    const { log, lines } = logger();
    log.error({ err: new Error('outer', { cause: new TypeError('inner') }) }, 'failed');
    expect(lines()[0]).toMatchObject({
      msg: 'failed',
      err: {
        message: 'outer',
        stack: expect.stringContaining('logger.spec.ts'),
        cause: { type: 'TypeError', message: 'inner' },
      },
    });
  });

  it('keeps silent below its level', () => {
    const { log, text } = logger();
    log.trace('x');
    expect(text).toEqual([]);
  });
});

describe('NestPinoLogger', () => {
  it('carries context, errors and stacks over, and turns down the wiring', () => {
    const { log, lines } = logger();
    const nest = new NestPinoLogger(log);
    nest.log('mapped', 'RouterExplorer');
    nest.log('started', 'Gateway');
    nest.error(new Error('broken'), 'Gateway');
    nest.error('text', 'Error: x\n    at y (z.ts:1:1)', 'Gateway');
    nest.warn({ some: 'object', secret: 'hush' });
    expect(lines()).toMatchObject([
      { level: 'debug', msg: 'mapped', context: 'RouterExplorer' },
      { level: 'info', msg: 'started', context: 'Gateway' },
      { level: 'error', msg: 'broken', context: 'Gateway', err: { message: 'broken' } },
      { level: 'error', msg: 'text', context: 'Gateway', err: { stack: expect.stringContaining('at y') } },
      { level: 'warn', details: { some: 'object', secret: '[redacted]' } },
    ]);
  });

  it("serves Nest's own Logger", () => {
    const { log, lines } = logger();
    NestLogger.overrideLogger(new NestPinoLogger(log));
    new NestLogger('Part').error('failed', new Error('why').stack);
    NestLogger.overrideLogger(false);
    expect(lines()[0]).toMatchObject({
      msg: 'failed',
      context: 'Part',
      err: { stack: expect.stringContaining('why') },
    });
  });
});

describe('readableLine', () => {
  it('shows time, level, app, message, details and the stacks of an error', () => {
    const { log, text } = logger();
    log.error({ id: 'x', err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    const line = stripVTControlCharacters(readableLine(text[0] ?? ''));
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}ERROR {2}gateway {2}failed {2}id=x\n {4}Error: outer\n/);
    expect(line).toContain('    caused by Error: inner');
  });
});
