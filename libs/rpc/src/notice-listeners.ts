import { AsyncLocalStorage } from 'node:async_hooks';
import type { AppName, Notice } from '@signalbox/contracts';
import type { Logger } from 'pino';

type Listener = (payload: unknown) => void | Promise<void>;

/** Who hears: every process, or one process of an app. */
export type Audience = 'everyone' | AppName;

/** Who listens to what in this process, and how they are called. */
export class NoticeListeners {
  private readonly byAudience = new Map<Audience, Map<string, Listener[]>>();
  /** Listeners run as if nobody had called: never as the caller whose work told the notice. */
  private readonly outsideCalls = AsyncLocalStorage.snapshot();

  constructor(private readonly log: Logger) {}

  add<P>(notice: Notice<P>, audience: Audience, listener: (payload: P) => void | Promise<void>): void {
    const byName = this.byAudience.get(audience) ?? new Map<string, Listener[]>();
    this.byAudience.set(audience, byName);
    byName.set(notice.name, [...(byName.get(notice.name) ?? []), listener as Listener]);
  }

  audiences(): readonly Audience[] {
    return [...this.byAudience.keys()];
  }

  names(audience: Audience): readonly string[] {
    return [...(this.byAudience.get(audience)?.keys() ?? [])];
  }

  /** Calls whoever listens, each with a payload of its own. Resolves when they have ended; never rejects. */
  async hear(audience: Audience, name: string, payload: string): Promise<void> {
    const listeners = this.byAudience.get(audience)?.get(name) ?? [];
    await Promise.all(
      listeners.map((listener) =>
        this.outsideCalls(async () => {
          try {
            await listener(JSON.parse(payload));
          } catch (err) {
            this.log.error({ err, notice: name }, 'a listener failed');
          }
        }),
      ),
    );
  }
}

/** @throws Error for a `one-of-each` notice when nobody has said which app listens */
export function audienceOf(notice: Notice<unknown>, app: AppName | undefined): Audience {
  if (notice.reach === 'everyone') return 'everyone';
  if (app !== undefined) return app;
  throw new Error(
    `${notice.name} reaches one of each app: RpcModule.forRoot(transport, app) must name the app`,
  );
}
