import {
  ConnectionError,
  type ConnectionContext,
  type HookRegistrar,
  type HookToRegister,
} from '@signalbox/connectors';

/** What is known of a hook at a provider. */
export interface KnownHook {
  readonly hookId: string | null;
  /** The address that it was last made or changed for; null where the provider was never asked. */
  readonly url: string | null;
  /** The provider was told another secret. */
  readonly secretChanged: boolean;
  /** It was made with other settings. */
  readonly settingsChanged: boolean;
}

export interface KeptHook {
  readonly hookId: string;
  /** The secret, where the provider has made one just now. */
  readonly secret: string | null;
}

/**
 * Longer than a provider is at a request that it does not answer: only then is it known whether the hook that was asked
 * for is there.
 */
const SETTLES_SECONDS = 60;
/** Answers of those in between: the provider may be making the hook still. */
const NOT_HEARD_OF = [502, 504];
/** Answers of providers that keep one hook for an address, where it is there already. */
const THERE_ALREADY = [400, 409, 422];

/** Nobody knows whether the hook is made, or will be in a moment. */
export class UnansweredCreate extends ConnectionError {
  constructor({ reason, message, status }: ConnectionError) {
    super(reason, message, status, SETTLES_SECONDS);
  }
}

/** What is to be there, and where. */
interface Asked {
  readonly hooks: HookRegistrar;
  readonly context: ConnectionContext;
  readonly wanted: HookToRegister;
  readonly intend: (found: string | null) => Promise<void>;
}

/**
 * Sees to it that the provider has this hook once, whatever an earlier attempt did that nobody remembers.
 *
 * @param intend is awaited before a hook is made or taken over, with its id where there is one: what it writes is what a
 *   lost hook is found by
 * @returns `elsewhere` where the hook is not to be seen with these settings, and may be with those that it was made with:
 *   the credentials may be of another account
 * @throws UnansweredCreate where the next attempt, whatever it is for, must wait until it is known what came of this one
 */
export async function keepHook(
  hooks: HookRegistrar,
  context: ConnectionContext,
  known: KnownHook,
  wanted: HookToRegister,
  intend: Asked['intend'],
): Promise<KeptHook | 'elsewhere'> {
  const { hookId } = known;
  const isThere = hookId !== null && (await hooks.update(context, hookId, wanted));
  if (isThere) {
    if (!known.secretChanged || !hooks.secretStays) return { hookId, secret: null };
    await hooks.remove(context, hookId);
  }
  // Rejects where the settings show no hooks at all: nothing is known then, and the one that is there stays.
  const urls = [known.url, wanted.url];
  const found = await findHooks(hooks, context, urls);
  if (hookId !== null && !isThere && known.settingsChanged) return 'elsewhere';
  const asked = { hooks, context, wanted, intend };
  const there = await takeOver(asked, found);
  if (there !== null) return there;
  const made = await make(asked);
  // One that was asked for before, without an answer, may have come meanwhile.
  const isRepeated = hookId === null && known.url !== null;
  if (isRepeated) await removeAll(asked, await findHooks(hooks, context, urls), made.hookId);
  return made;
}

/** Sees to it that the provider has no such hook. Answers whether there may have been one. */
export async function dropHook(
  hooks: HookRegistrar,
  context: ConnectionContext,
  { hookId, url }: Pick<KnownHook, 'hookId' | 'url'>,
): Promise<boolean> {
  if (hookId !== null) await hooks.remove(context, hookId);
  const found = await findHooks(hooks, context, [url]);
  await removeAll({ hooks, context }, found, hookId);
  return hookId !== null || found.length > 0;
}

/** One of those that are there; the others go. Null where none of them can be the one that is wanted. */
async function takeOver(asked: Asked, found: readonly string[]): Promise<KeptHook | null> {
  const { hooks, context, wanted, intend } = asked;
  // Nobody is told, and nobody can change, the secret of one that is there already.
  const [hookId = null] = hooks.makesSecret || hooks.secretStays ? [] : found;
  await removeAll(asked, found, hookId);
  if (hookId === null) return null;
  await intend(hookId);
  return (await hooks.update(context, hookId, wanted)) ? { hookId, secret: null } : null;
}

/** @param again it is made once more where one has come meanwhile that must go */
async function make(asked: Asked, again = true): Promise<KeptHook> {
  const { hooks, context, wanted, intend } = asked;
  await intend(null);
  try {
    const { id, secret } = await hooks.create(context, wanted);
    return { hookId: id, secret };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    if (isUnanswered(error)) throw new UnansweredCreate(error);
    const mayBeThere = again && error.status !== null && THERE_ALREADY.includes(error.status);
    const found = mayBeThere ? await hooks.find(context, wanted.url) : [];
    if (found.length === 0) throw error;
    return (await takeOver(asked, found)) ?? (await make(asked, false));
  }
}

const isUnanswered = ({ reason, status }: ConnectionError): boolean =>
  reason === 'unreachable' || (status !== null && NOT_HEARD_OF.includes(status));

async function findHooks(
  hooks: HookRegistrar,
  context: ConnectionContext,
  urls: readonly (string | null)[],
): Promise<string[]> {
  const found = new Set<string>();
  for (const url of new Set(urls)) {
    if (url === null) continue;
    for (const id of await hooks.find(context, url)) found.add(id);
  }
  return [...found];
}

async function removeAll(
  { hooks, context }: Pick<Asked, 'hooks' | 'context'>,
  ids: readonly string[],
  but: string | null,
): Promise<void> {
  for (const id of ids) if (id !== but) await hooks.remove(context, id);
}
