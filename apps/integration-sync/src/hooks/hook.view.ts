import type { HookView } from '@signalbox/contracts';
import type { ProviderHookEntity } from './provider-hook.entity';

const NONE: HookView = { status: 'none', events: [], hook_id: null, error: null, updated_at: null };

export function hookView(hook: ProviderHookEntity | undefined): HookView {
  if (hook === undefined) return NONE;
  return {
    status: hook.status,
    events: hook.events,
    hook_id: hook.hookId,
    error: hook.error,
    updated_at: hook.updatedAt.toISOString(),
  };
}
