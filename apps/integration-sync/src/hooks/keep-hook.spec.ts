import type { ConnectionContext, HookRegistrar, HookToRegister } from '@signalbox/connectors';
import { dropHook, keepHook } from './keep-hook';

const context = {} as ConnectionContext;
const URL = 'https://hub.example.com/new';
const OLD = 'https://hub.example.com/old';
const wanted: HookToRegister = { url: URL, secret: 's', events: [], active: true };

/** A provider with hooks by id. */
function provider(there: Record<string, string>, { makesSecret = false, secretStays = false } = {}) {
  const kept = new Map(Object.entries(there));
  const done: string[] = [];
  const hooks: { -readonly [Part in keyof HookRegistrar]: HookRegistrar[Part] } = {
    makesSecret,
    secretStays,
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
  const keep = (
    hookId: string | null,
    url: string | null,
    { secretChanged = false, settingsChanged = false } = {},
  ) =>
    keepHook(hooks, context, { hookId, url, secretChanged, settingsChanged }, wanted, (found) => {
      done.push(found === null ? 'intend' : `intend ${found}`);
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
  // What it was found by is forgotten then: its id must not be.
  expect(done).toEqual(['intend a', 'update a']);
  expect(kept.get('a')).toBe(URL);
});

it('makes another where the one that it knows is gone', async () => {
  const { keep, done } = provider({});
  expect(await keep('a', URL)).toEqual({ hookId: 'made', secret: null });
  expect(done).toEqual(['update a', 'intend', 'create']);
});

it.each([
  [{ makesSecret: true }, 'theirs'],
  [{ secretStays: true }, null],
])('replaces one whose secret nobody knows, where %j', async (like, secret) => {
  for (const url of [URL, OLD]) {
    const { keep, done, kept } = provider({ a: url }, like);
    expect(await keep(null, OLD)).toEqual({ hookId: 'made', secret });
    expect([done, [...kept]]).toEqual([['remove a', 'intend', 'create'], [['made', URL]]]);
  }
});

it('replaces one that takes no other secret, once there is another', async () => {
  const { keep, done, kept } = provider({ a: URL }, { secretStays: true });
  expect(await keep('a', URL)).toEqual({ hookId: 'a', secret: null });
  expect(await keep('a', URL, { secretChanged: true })).toEqual({ hookId: 'made', secret: null });
  expect([done, [...kept]]).toEqual([
    ['update a', 'update a', 'remove a', 'intend', 'create'],
    [['made', URL]],
  ]);
  const other = provider({ a: URL });
  expect(await other.keep('a', URL, { secretChanged: true })).toEqual({ hookId: 'a', secret: null });
});

it('makes none where the one that it knows may be with another account', async () => {
  const { keep, done } = provider({});
  expect(await keep('a', URL, { settingsChanged: true })).toBe('elsewhere');
  expect(done).toEqual(['update a']);
});

it('looks for none elsewhere where the credentials may see no hooks', async () => {
  const { hooks, keep, done } = provider({});
  hooks.find = () => Promise.reject(new Error('not to be seen'));
  await expect(keep('a', URL, { settingsChanged: true })).rejects.toThrow('not to be seen');
  expect(done).toEqual(['update a']);
});

it('drops the one that it knows, one that it must look for, and nothing where it never asked for one', async () => {
  const { hooks, kept, done } = provider({ a: URL, b: OLD });
  expect(await dropHook(hooks, context, { hookId: 'a', url: URL })).toBe(true);
  expect(await dropHook(hooks, context, { hookId: null, url: OLD })).toBe(true);
  expect(await dropHook(hooks, context, { hookId: null, url: null })).toBe(false);
  expect([done, [...kept]]).toEqual([['remove a', 'remove b'], []]);
});
