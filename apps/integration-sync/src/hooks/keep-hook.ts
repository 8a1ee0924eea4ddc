import type { ConnectionContext, HookRegistrar, HookToRegister } from '@signalbox/connectors';

/** What is known of a hook at a provider. */
export interface KnownHook {
  readonly hookId: string | null;
  /** The address that it was last made or changed for; null where the provider was never asked. */
  readonly url: string | null;
}

export interface KeptHook {
  readonly hookId: string;
  /** The secret, where the provider has made one just now. */
  readonly secret: string | null;
}

/**
 * Sees to it that the provider has this hook once, whatever an earlier attempt did that nobody remembers.
 *
 * @param intend is awaited before a hook is made: what it writes is what a lost hook is found by
 */
export async function keepHook(
  hooks: HookRegistrar,
  context: ConnectionContext,
  known: KnownHook,
  wanted: HookToRegister,
  intend: () => Promise<void>,
): Promise<KeptHook> {
  if (known.hookId !== null && (await hooks.update(context, known.hookId, wanted))) {
    return { hookId: known.hookId, secret: null };
  }
  const found = await findHook(hooks, context, [known.url, wanted.url]);
  await intend();
  if (found !== null) {
    // Nobody is told the secret of one that is there already.
    if (hooks.makesSecret) await hooks.remove(context, found);
    else if (await hooks.update(context, found, wanted)) return { hookId: found, secret: null };
  }
  const { id, secret } = await hooks.create(context, wanted);
  return { hookId: id, secret };
}

/** Sees to it that the provider has no such hook. Answers whether there may have been one. */
export async function dropHook(
  hooks: HookRegistrar,
  context: ConnectionContext,
  known: KnownHook,
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
