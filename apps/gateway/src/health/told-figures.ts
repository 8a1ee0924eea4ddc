import { Injectable, type OnModuleInit } from '@nestjs/common';
import { figuresTold } from '@signalbox/contracts';
import type { Telling } from '@signalbox/observability';
import { Notices } from '@signalbox/rpc';

/** Whoever has told nothing for so long is gone: they tell every five seconds. */
const REMEMBERED_MS = 20_000;
const PROCESSES = 100;

/** What other processes told of the published figures lately. */
@Injectable()
export class ToldFigures implements OnModuleInit {
  /** In the order in which they told: the first is the oldest. */
  private readonly told = new Map<string, Telling & { readonly at: number }>();

  constructor(private readonly notices: Notices) {}

  async onModuleInit(): Promise<void> {
    await this.notices.listen(figuresTold, (telling) => this.remember(telling));
  }

  /** Newest first. */
  latest(now = performance.now()): Telling[] {
    for (const [instance, { at }] of this.told) if (now - at > REMEMBERED_MS) this.told.delete(instance);
    return [...this.told.values()].reverse();
  }

  private remember(telling: Telling): void {
    this.told.delete(telling.instance);
    this.told.set(telling.instance, { ...telling, at: performance.now() });
    const [oldest] = this.told.keys();
    if (this.told.size > PROCESSES && oldest !== undefined) this.told.delete(oldest);
  }
}
