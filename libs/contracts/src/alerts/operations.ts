import { operation } from '../operation';
import type { Page, PageRequest } from '../page';
import type { AlertChangeView, AlertInput, AlertView } from './views';

const SERVICE = 'api-key-auth' as const;

export const alertOperations = {
  /** By name. */
  list: operation<PageRequest, Page<AlertView>>(SERVICE, 'alerts.list', 'query'),
  create: operation<AlertInput, AlertView>(SERVICE, 'alerts.create', 'command'),
  get: operation<{ id: string }, AlertView>(SERVICE, 'alerts.get', 'query'),
  /** What is left out stays as it is. Evaluated anew; a firing rule that is switched off is resolved. */
  update: operation<{ id: string; changes: Partial<AlertInput> }, AlertView>(
    SERVICE,
    'alerts.update',
    'command',
  ),
  /** A firing rule is resolved. */
  remove: operation<{ id: string }, { id: string; deleted: true }>(SERVICE, 'alerts.delete', 'command'),
  /** Newest first. */
  history: operation<PageRequest & { readonly id: string }, Page<AlertChangeView>>(
    SERVICE,
    'alerts.history',
    'query',
  ),
};
