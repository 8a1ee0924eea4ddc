import type { BeforeApplicationShutdown } from '@nestjs/common';
import { API_KEY_USES_MAX, apiKeyOperations, SYSTEM } from '@signalbox/contracts';
import type { RpcClient } from '@signalbox/rpc';
import type { Logger } from 'pino';

const EVERY_MS = 5_000;
const TELLING_MS = 3_000;
/** Keys whose use was not told yet. Beyond it, a use is told with the next one of the key. */
const MAX_WAITING = 50_000;

/** Tells the service every few seconds when keys were last used, off the path of requests. Losing one does little harm. */
export class KeyUses implements BeforeApplicationShutdown {
  private readonly waiting = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private telling: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly rpc: RpcClient,
    private readonly log: Logger,
  ) {}

  note(id: string): void {
    if (this.waiting.size >= MAX_WAITING && !this.waiting.has(id)) return;
    this.waiting.set(id, Date.now());
    if (this.timer === undefined && !this.stopped) this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.telling;
    await this.tell();
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.telling = this.tell().then(() => {
        this.timer = undefined;
        if (this.waiting.size > 0 && !this.stopped) this.schedule();
      });
    }, EVERY_MS);
    this.timer.unref();
  }

  /** Never rejects: what could not be told waits for the next time. */
  private async tell(): Promise<void> {
    const uses = [...this.waiting].map(([id, at]) => ({ id, at }));
    for (let start = 0; start < uses.length; start += API_KEY_USES_MAX) {
      const told = uses.slice(start, start + API_KEY_USES_MAX);
      try {
        await this.rpc.call(
          apiKeyOperations.used,
          { uses: told },
          { deadlineMs: TELLING_MS, context: { principal: SYSTEM } },
        );
      } catch (err) {
        this.log.debug({ err }, 'when API keys were last used could not be told');
        return;
      }
      for (const { id, at } of told) if (this.waiting.get(id) === at) this.waiting.delete(id);
    }
  }
}
