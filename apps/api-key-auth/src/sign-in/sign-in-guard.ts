import { Injectable } from '@nestjs/common';
import { DomainError, type ClientOrigin } from '@signalbox/contracts';
import { CallScope, counter } from '@signalbox/observability';
import pLimit, { type LimitFunction } from 'p-limit';
import { AuthSettings } from '../settings.module';
import { networkOf, waitsAfter } from './sign-in-rule';
import { SignInRepository, type Attempt } from './sign-in.repository';

/** From one address: what comes on top is turned away. */
const WAITING = 64;

interface Turns {
  readonly take: LimitFunction;
  /** The one whose turn it is among them. */
  waiting: number;
}

const attempts = counter({
  name: 'signalbox_sign_ins_total',
  help: 'Passwords and secrets presented, by what became of it',
  labelNames: ['outcome'],
});

/** Slows whoever guesses: each account for each address, and each address, without keeping others out. */
@Injectable()
export class SignInGuard {
  /** Attempts of an address come one after the other, so that each one meets what those before it left. */
  private readonly turns = new Map<string, Turns>();

  constructor(
    private readonly records: SignInRepository,
    private readonly settings: AuthSettings,
  ) {}

  /**
   * @param account name of who is claimed to be calling, whether there is such a one or not
   * @param check null where the claim is not true
   * @throws DomainError RATE_LIMITED, without having checked anything, where it is not yet time for another attempt
   */
  async attempt<T>(
    account: string,
    { address }: ClientOrigin,
    check: () => Promise<T | null>,
  ): Promise<T | null> {
    const attempt: Attempt = { account: accountKey(account), address: networkOf(address) };
    return this.inTurn(attempt.address, async () => {
      const wait = await this.records.wait(attempt);
      if (wait > 0) throw slowed(wait);
      const found = await check();
      attempts.inc({ outcome: found === null ? 'refused' : 'accepted' });
      if (found === null)
        await this.records.fail(attempt, (failures) => waitsAfter(failures, this.settings.freeFailures));
      else await this.records.forgive(attempt);
      return found;
    });
  }

  /** @returns how many counts it removed: fewer than `limit` when none is left */
  sweep(limit: number): Promise<number> {
    return this.records.deleteForgiven(limit);
  }

  private async inTurn<T>(address: string, work: () => Promise<T>): Promise<T> {
    const turns = this.turns.get(address) ?? { take: pLimit(1), waiting: 0 };
    if (turns.waiting >= WAITING) throw slowed(2, 'too_many_sign_ins');
    this.turns.set(address, turns);
    turns.waiting += 1;
    const deadline = CallScope.current()?.deadline ?? Infinity;
    try {
      return await turns.take(() => {
        if (Date.now() >= deadline) throw new DomainError({ code: 'DEADLINE_EXCEEDED' });
        return work();
      });
    } finally {
      turns.waiting -= 1;
      if (turns.waiting === 0) this.turns.delete(address);
    }
  }
}

function slowed(seconds: number, messageKey = 'sign_in_slowed'): DomainError {
  attempts.inc({ outcome: 'slowed' });
  return new DomainError({
    code: 'RATE_LIMITED',
    messageKey,
    params: { seconds },
    retryAfter: seconds,
  });
}

function accountKey(account: string): string {
  return account.toWellFormed().normalize('NFKC').toLowerCase();
}
