import type { ConnectionContext, HookRegistrar, HookToRegister } from '@signalbox/connectors';
import { dropHook, keepHook } from './keep-hook';

const context = {} as ConnectionContext;
const URL = 'https://hub.example.com/new';
const OLD = 'https://hub.example.com/old';
const wanted: HookToRegister = { url: URL, secret: 's', events: [], active: true };

/** A provider with hooks by id. */
function provider(there: Record<string, string>, makesSecret = false) {
  const kept = new Map(Object.entries(there));
  const done: string[] = [];
  const hooks: HookRegistrar = {
    makesSecret,
    permissions: '',
    allEvents: '',
    place: () => '',
    find: (_, url) => Promise.resolve([...kept].find(([, one]) => one === url)?.[0] ?? null),
    create: (_, { url }) => {
      done.push('create');
      kept.set('made', url);
      return Promise.resolve({ id: 'made', secret: makesSecret ? 'theirs' : null });
    },
    update: (_, id, { url }) => {
      done.push(`update ${id}`);
      if (!kept.has(id)) return Promise.resolve(false);
      kept.set(id, url);
      return Promise.resolve(true);
    },
    remove: (_, id) => {
      done.push(`remove ${id}`);
      kept.delete(id);
      return Promise.resolve();
    },
  };
  const keep = (hookId: string | null, url: string | null) =>
    keepHook(hooks, context, { hookId, url }, wanted, () => {
      done.push('intend');
      return Promise.resolve();
    });
  return { hooks, kept, done, keep };
}

it('says what it is about to make before it makes it', async () => {
  const { keep, done } = provider({});
  expect(await keep(null, null)).toEqual({ hookId: 'made', secret: null });
  expect(done).toEqual(['intend', 'create']);
});

it('changes the one that it knows', async () => {
  const { keep, done, kept } = provider({ a: OLD });
  expect(await keep('a', OLD)).toEqual({ hookId: 'a', secret: null });
  expect([done, [...kept]]).toEqual([['update a'], [['a', URL]]]);
});

it.each([URL, OLD])('takes one at %s that it does not remember having made', async (url) => {
  const { keep, done, kept } = provider({ b: 'https://elsewhere.example.com/', a: url });
  expect(await keep(null, OLD)).toEqual({ hookId: 'a', secret: null });
  expect(done).toEqual(['intend', 'update a']);
  expect(kept.get('a')).toBe(URL);
});

it('makes another where the one that it knows is gone', async () => {
  const { keep, done } = provider({});
  expect(await keep('a', URL)).toEqual({ hookId: 'made', secret: null });
  expect(done).toEqual(['update a', 'intend', 'create']);
});

it('replaces one whose secret nobody is told any more', async () => {
  const { keep, done, kept } = provider({ a: URL }, true);
  expect(await keep(null, URL)).toEqual({ hookId: 'made', secret: 'theirs' });
  expect([done, [...kept]]).toEqual([['intend', 'remove a', 'create'], [['made', URL]]]);
});

it('drops the one that it knows, one that it must look for, and nothing where it never asked for one', async () => {
  const { hooks, kept, done } = provider({ a: URL, b: OLD });
  expect(await dropHook(hooks, context, { hookId: 'a', url: URL })).toBe(true);
  expect(await dropHook(hooks, context, { hookId: null, url: OLD })).toBe(true);
  expect(await dropHook(hooks, context, { hookId: null, url: null })).toBe(false);
  expect([done, [...kept]]).toEqual([['remove a', 'remove b'], []]);
});
