import type { Page } from '@signalbox/contracts';
import { Paged } from '../answers';

/** A page of views in the shape of a surface. */
export function mapPage<V, T>(page: Page<V>, published: (view: V) => T, listName?: string): Paged<T> {
  return new Paged({ ...page, items: page.items.map(published) }, listName);
}
