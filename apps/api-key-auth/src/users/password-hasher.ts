import { availableParallelism } from 'node:os';
import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { DomainError } from '@signalbox/contracts';
import { CallScope } from '@signalbox/observability';
import pLimit from 'p-limit';

/** Argon2id above what OWASP asks for (19 MiB, 2 passes): some 20 ms of one core. */
const COST = { memoryCost: 32 * 1024, timeCost: 3, parallelism: 1 };
/** Half of the machine, and never so many that files and DNS starve in the same thread pool. */
const AT_ONCE = Math.max(1, Math.min(2, Math.floor(availableParallelism() / 2)));
const WAITING = 64;

/** Hashes passwords, few at a time: a storm of sign-ins waits, then is turned away, and the rest of the hub goes on. */
@Injectable()
export class PasswordHasher {
  private readonly limit = pLimit(AT_ONCE);
  private decoy: Promise<string> | undefined;

  /** @throws DomainError RATE_LIMITED when too many wait already, DEADLINE_EXCEEDED when the caller has gone meanwhile */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, COST));
  }

  /** Takes the same time whether there is a hash to compare with or not. Throws as `hash` does. */
  verify(stored: string | null, password: string): Promise<boolean> {
    return this.inTurn(async () => {
      const matches = await verify(stored ?? (await this.hashOfNobody()), password);
      return matches && stored !== null;
    });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= WAITING)
      throw new DomainError({ code: 'RATE_LIMITED', messageKey: 'too_many_sign_ins', retryAfter: 2 });
    const deadline = CallScope.current()?.deadline ?? Infinity;
    return this.limit(() => {
      if (Date.now() >= deadline) throw new DomainError({ code: 'DEADLINE_EXCEEDED' });
      return work();
    });
  }

  private hashOfNobody(): Promise<string> {
    this.decoy ??= hash(randomBytes(32), COST);
    return this.decoy;
  }
}
