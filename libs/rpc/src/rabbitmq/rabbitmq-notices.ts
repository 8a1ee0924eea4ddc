import type { AppName, Notice } from '@signalbox/contracts';
import type { Logger } from 'pino';
import { noticesDropped } from '../metrics';
import { audienceOf, type NoticeListeners } from '../notice-listeners';
import { Notices } from '../notices';
import { bounded, toJson } from '../wire';
import type { NoticeStation } from './notice-station';

export class RabbitmqNotices extends Notices {
  constructor(
    private readonly station: NoticeStation,
    private readonly listeners: NoticeListeners,
    private readonly maxMessageBytes: number,
    private readonly log: Logger,
    private readonly app?: AppName,
  ) {
    super();
  }

  tell<P>(notice: Notice<P>, payload: P): void {
    try {
      if (this.station.publish(notice.name, bounded(toJson(payload), this.maxMessageBytes))) return;
    } catch (err) {
      this.log.error({ err, notice: notice.name }, 'a notice cannot be told');
    }
    noticesDropped.inc({ notice: notice.name });
  }

  async listen<P>(notice: Notice<P>, listener: (payload: P) => void | Promise<void>): Promise<void> {
    const audience = audienceOf(notice, this.app);
    this.listeners.add(notice, audience, listener);
    await this.station.hear(audience, notice.name);
  }

  onReconnect(listener: () => void): void {
    this.station.onReconnect(listener);
  }
}
