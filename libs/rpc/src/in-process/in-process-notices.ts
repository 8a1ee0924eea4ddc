import type { AppName, Notice } from '@signalbox/contracts';
import type { Logger } from 'pino';
import type { ClientOptions } from '../calling-client';
import { noticesDropped } from '../metrics';
import { audienceOf, type NoticeListeners } from '../notice-listeners';
import { Notices } from '../notices';
import { bounded, toJson } from '../wire';

/** Notices that listeners have not finished hearing; beyond it they are dropped. */
const MAX_UNHEARD = 10_000;

export class InProcessNotices extends Notices {
  private unheard = 0;

  constructor(
    private readonly listeners: NoticeListeners,
    private readonly options: Pick<ClientOptions, 'maxMessageBytes'>,
    private readonly log: Logger,
    private readonly app?: AppName,
  ) {
    super();
  }

  tell<P>(notice: Notice<P>, payload: P): void {
    if (this.unheard >= MAX_UNHEARD) return noticesDropped.inc({ notice: notice.name });
    let text: string;
    try {
      text = bounded(toJson(payload), this.options.maxMessageBytes);
    } catch (err) {
      this.log.error({ err, notice: notice.name }, 'a notice cannot be told');
      return noticesDropped.inc({ notice: notice.name });
    }
    this.unheard += 1;
    setImmediate(() => {
      void Promise.all(
        this.listeners.audiences().map((audience) => this.listeners.hear(audience, notice.name, text)),
      ).then(() => {
        this.unheard -= 1;
      });
    });
  }

  listen<P>(notice: Notice<P>, listener: (payload: P) => void | Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.listeners.add(notice, audienceOf(notice, this.app), listener);
      resolve();
    });
  }

  /** The link is the process: it does not come back. */
  onReconnect(): void {}
}
