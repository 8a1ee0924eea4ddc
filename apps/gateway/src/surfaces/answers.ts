import type { Page } from '@signalbox/contracts';

/** A page of a list: each surface shows it in its own shape. */
export class Paged<T> {
  /** @param listName the name S0 gives the list in `content`, e.g. `webhooks` */
  constructor(
    readonly page: Page<T>,
    readonly listName = 'items',
  ) {}
}

/** 204 without a body. */
export const NO_CONTENT = Object.freeze({ noContent: true });
export type NoContent = typeof NO_CONTENT;
