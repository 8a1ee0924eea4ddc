import type { ConnectionContext, HookRegistrar, HookToRegister } from '@signalbox/connectors';

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
 * Sees to it that the provider has this hook once, whatever an earlier attempt did that nobody remembers.
 *
 * @param intend is awaited before a hook is made or taken over, with its id where there is one: what it writes is what a
 *   lost hook is found by
 * @returns `elsewhere` where the hook is not to be seen with these settings, and may be with those that it was made with:
 *   the credentials may be of another account
 */
export async function keepHook(
  hooks: HookRegistrar,
  context: ConnectionContext,
  known: KnownHook,
  wanted: HookToRegister,
  intend: (found: string | null) => Promise<void>,
): Promise<KeptHook | 'elsewhere'> {
  const { hookId } = known;
  const isThere = hookId !== null && (await hooks.update(context, hookId, wanted));
  if (isThere) {
    if (!known.secretChanged || !hooks.secretStays) return { hookId, secret: null };
    await hooks.remove(context, hookId);
  }
  // Rejects where the settings show no hooks at all: nothing is known then, and the one that is there stays.
  const found = await findHook(hooks, context, [known.url, wanted.url]);
  if (hookId !== null && !isThere && known.settingsChanged) return 'elsewhere';
  if (found !== null && (hooks.makesSecret || hooks.secretStays)) {
    // Nobody is told, and nobody can change, the secret of one that is there already.
    await hooks.remove(context, found);
  } else if (found !== null) {
    await intend(found);
    if (await hooks.update(context, found, wanted)) return { hookId: found, secret: null };
  }
  await intend(null);
  const { id, secret } = await hooks.create(context, wanted);
  return { hookId: id, secret };
}

/** Sees to it that the provider has no such hook. Answers whether there may have been one. */
export async function dropHook(
  hooks: HookRegistrar,
  context: ConnectionContext,
  known: Pick<KnownHook, 'hookId' | 'url'>,
): Promise<boolean> {
  const id = known.hookId ?? (await findHook(hooks, context, [known.url]));
  if (id === null) return false;
  await hooks.remove(context, id);
  return true;
}

async function findHook(
  hooks: HookRegistrar,
  context: ConnectionContext,
  urls: readonly (string | null)[],
): Promise<string | null> {
  for (const url of new Set(urls)) {
    const found = url === null ? null : await hooks.find(context, url);
    if (found !== null) return found;
  }
  return null;
}
