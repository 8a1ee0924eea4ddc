import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditOutbox } from '@signalbox/audit';
import type { ConnectionResult } from '@signalbox/connectors';
import type { IntegrationStatus } from '@signalbox/contracts';
import { Database } from '@signalbox/database';
import { Repository } from 'typeorm';
import { EventOutbox } from '../event-outbox/event-outbox';
import { IntegrationEntity } from './integration.entity';
import { locked, record } from './integrations.repository';
import { statusChanged } from './status-changed';

/** Longer than any test: whoever has taken one and is gone by then leaves it to another. */
const LEASE_SECONDS = 60;
const SHORTEST_WAIT_SECONDS = 30;
const LONGEST_WAIT_SECONDS = 3_600;

/** One that is due, and whose turn it was not. */
export interface PutOff {
  readonly id: string;
  readonly dueAt: Date;
}

export interface TestedFor {
  readonly actor: string;
  readonly asked: boolean;
}

/** When connections are to be tested, and what was found. */
@Injectable()
export class ConnectionTestsRepository {
  constructor(
    @InjectRepository(IntegrationEntity) private readonly rows: Repository<IntegrationEntity>,
    private readonly database: Database,
    private readonly audit: AuditOutbox,
    private readonly events: EventOutbox,
  ) {}

  /**
   * Takes integrations whose connection is to be tested now; nobody else gets them for a minute.
   * @param without those that are due still when they were put off to
   */
  async takeDue(limit: number, without: readonly PutOff[]): Promise<string[]> {
    const { rows } = await this.database.query<{ id: string }>(
      `UPDATE integrations SET test_due_at = now() + make_interval(secs => ${LEASE_SECONDS})
        WHERE id IN (SELECT i.id FROM integrations i
                      WHERE i.test_due_at <= now()
                        AND NOT EXISTS (SELECT FROM unnest($2::uuid[], $3::timestamptz[]) AS off (id, due_at)
                                         WHERE off.id = i.id AND off.due_at = i.test_due_at)
                      ORDER BY i.test_due_at LIMIT $1 FOR UPDATE OF i SKIP LOCKED)
        RETURNING id`,
      [limit, without.map(({ id }) => id), without.map(({ dueAt }) => dueAt)],
    );
    return rows.map(({ id }) => id);
  }

  /** Lets one go that was not tested. @param taken as it was read since then: what has become due anew stays so */
  async putOff(taken: IntegrationEntity, dueAt: Date): Promise<void> {
    await this.database.query('UPDATE integrations SET test_due_at = $3 WHERE id = $1 AND test_due_at = $2', [
      taken.id,
      taken.testDueAt,
      dueAt,
    ]);
  }

  /**
   * Keeps what a test found, unless a later one has found something. What was found of a provider or settings that are others by now
   * is forgotten, and what has become due since stays so.
   * @param tested as it was read before
   * @param actor who wanted to know
   * @param asked whether somebody asked for it, which is on record whatever came of it
   */
  keep(
    tested: IntegrationEntity,
    startedAt: Date,
    result: ConnectionResult,
    { actor, asked }: TestedFor,
  ): Promise<void> {
    const { id, version, provider } = tested;
    return this.rows.manager.transaction(async (manager) => {
      const before = await locked(manager, id);
      if (before?.version !== version || before.provider !== provider) return;
      if (before.testedAt !== null && before.testedAt > startedAt) return;
      const now = new Date();
      const dueAnew = before.testDueAt?.getTime() !== tested.testDueAt?.getTime();
      const status = statusAfter(before.status, result);
      const message = result.connected ? null : result.message;
      const changed = status !== before.status;
      await manager.update(
        IntegrationEntity,
        { id },
        {
          status,
          testedAt: startedAt,
          testConnected: result.connected,
          testMessage: message,
          testAccount: result.connected ? result.account : null,
          testDueAt: dueAnew ? before.testDueAt : dueAgain(now, result),
          revision: before.revision + 1,
          ...(changed && { updatedAt: now }),
        },
      );
      await record(manager, id, 'tested', actor, { version, success: result.connected, message, status });
      if (changed) {
        const after = { ...before, status, updatedAt: now };
        await this.events.note(manager, statusChanged(after, before.status, actor, message));
      }
      if (!asked && !changed) return;
      await this.audit.note(manager, {
        action: 'integrations.test',
        resourceId: id,
        before: changed ? { status: before.status } : null,
        after: { status, success: result.connected, message },
      });
    });
  }
}

function statusAfter(before: IntegrationStatus, result: ConnectionResult): IntegrationStatus {
  if (before === 'INACTIVE') return before;
  if (result.connected) return 'ACTIVE';
  return result.reason === 'rate_limited' ? before : 'ERROR';
}

/** A provider that asks to wait has said nothing about the settings. */
function dueAgain(now: Date, result: ConnectionResult): Date | null {
  if (result.connected || result.reason !== 'rate_limited') return null;
  const seconds = result.retryAfterSeconds ?? SHORTEST_WAIT_SECONDS;
  const wait = Math.min(Math.max(seconds, SHORTEST_WAIT_SECONDS), LONGEST_WAIT_SECONDS);
  return new Date(now.getTime() + wait * 1000);
}
