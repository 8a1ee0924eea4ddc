import { hostname } from 'node:os';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { figuresTold, PUBLISHED_FIGURES } from '@signalbox/contracts';
import { figuresNamed } from '@signalbox/observability';
import { Notices, Rounds } from '@signalbox/rpc';
import type { Logger } from 'pino';
import { LOG } from '../parts.module';

const EVERY_MS = 5_000;

/** Tells gateways the published figures: theirs is the port on which those are asked for. */
@Injectable()
export class FiguresTeller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly instance = `${hostname()}-${process.pid}`;
  private readonly rounds = new Rounds(
    EVERY_MS,
    () => this.tell(),
    (error) => this.log.warn({ err: error }, 'Figures could not be told; trying again shortly'),
  );

  constructor(
    private readonly notices: Notices,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  private async tell(): Promise<void> {
    const figures = await figuresNamed(PUBLISHED_FIGURES);
    this.notices.tell(figuresTold, { instance: this.instance, figures });
  }
}
