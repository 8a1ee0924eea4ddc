import {
  ConnectionError,
  type ConnectionContext,
  type HookRegistrar,
  type HookToRegister,
} from '@signalbox/connectors';
import { dropHook, keepHook, UnansweredCreate } from './keep-hook';

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
    find: (_, url) => Promise.resolve([...kept].filter(([, one]) => one === url).map(([id]) => id)),
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

it('keeps one of many, whichever nobody remembers', async () => {
  const { keep, done, kept } = provider({ a: URL, b: OLD, c: URL });
  expect(await keep(null, OLD)).toEqual({ hookId: 'b', secret: null });
  expect([done, [...kept]]).toEqual([['remove a', 'remove c', 'intend b', 'update b'], [['b', URL]]]);
});

it.each([URL, OLD])('removes one at %s that came while another was made', async (url) => {
  const { hooks, keep, kept } = provider({}, { makesSecret: true });
  const { create } = hooks;
  hooks.create = (...given) => {
    kept.set('late', url);
    return create(...given);
  };
  expect(await keep(null, OLD)).toEqual({ hookId: 'made', secret: 'theirs' });
  expect([...kept.keys()]).toEqual(['made']);
});

it.each([
  [new ConnectionError('unreachable', 'no answer'), true],
  [new ConnectionError('unexpected_answer', 'no', 504), true],
  [new ConnectionError('unexpected_answer', 'no', 500), false],
])('says where a request to make one was not answered: %j', async (error, isSo) => {
  const { hooks, keep } = provider({});
  hooks.create = () => Promise.reject(error);
  const thrown: unknown = await keep(null, null).catch((one: unknown) => one);
  expect(thrown instanceof UnansweredCreate).toBe(isSo);
  expect(thrown).toMatchObject({ reason: error.reason, retryAfterSeconds: isSo ? 60 : null });
});

describe.each([400, 409, 422])('told %d when it makes one', (status) => {
  const refusal = new ConnectionError('unexpected_answer', 'there is one', status);

  it.each([
    [{}, { hookId: 'late', secret: null }],
    [{ makesSecret: true }, { hookId: 'made', secret: 'theirs' }],
  ])('looks for one that has come meanwhile, where %j', async (like, expected) => {
    const { hooks, keep, kept } = provider({}, like);
    const { create } = hooks;
    hooks.create = () => {
      hooks.create = create;
      kept.set('late', URL);
      return Promise.reject(refusal);
    };
    expect(await keep(null, URL)).toEqual(expected);
    expect([...kept.keys()]).toEqual([expected.hookId]);
  });

  it('fails where there is none', async () => {
    const { hooks, keep } = provider({});
    hooks.create = () => Promise.reject(refusal);
    await expect(keep(null, URL)).rejects.toBe(refusal);
  });

  it('makes one once more, and not for ever', async () => {
    const { hooks, keep, kept, done } = provider({}, { makesSecret: true });
    hooks.create = () => {
      kept.set(`late ${done.length}`, URL);
      return Promise.reject(refusal);
    };
    await expect(keep(null, URL)).rejects.toBe(refusal);
    expect(done).toEqual(['intend', 'remove late 1', 'intend']);
  });
});

it('drops the one that it knows, those that it must look for, and nothing where it never asked for one', async () => {
  const { hooks, kept, done } = provider({ a: URL, b: OLD, c: URL });
  expect(await dropHook(hooks, context, { hookId: 'a', url: URL })).toBe(true);
  expect(await dropHook(hooks, context, { hookId: null, url: OLD })).toBe(true);
  expect(await dropHook(hooks, context, { hookId: null, url: null })).toBe(false);
  expect([done, [...kept]]).toEqual([['remove a', 'remove c', 'remove b'], []]);
});
