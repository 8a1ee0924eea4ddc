import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { AuthSettings, LOG } from '../settings.module';
import { UsersService } from './users.service';

/** Somebody must be able to sign in: makes the first administrator, and never another where there is one. */
@Injectable()
export class BootstrapAdmin implements OnApplicationBootstrap {
  constructor(
    private readonly users: UsersService,
    private readonly settings: AuthSettings,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { adminUsername: username, adminPassword: password } = this.settings;
    const { created } = await this.users.ensureAdmin({ username, password, email: '' });
    if (created) this.log.info({ username }, 'Created the first administrator');
  }
}
