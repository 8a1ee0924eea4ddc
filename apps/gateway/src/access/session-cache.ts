import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  authOperations,
  sessionsChanged,
  SYSTEM,
  type CallContext,
  type SessionView,
} from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { Notices, RpcClient } from '@signalbox/rpc';
import { BelievedCache } from './believed-cache';

const MAX_SESSIONS = 10_000;

type Origin = Pick<CallContext, 'requestId' | 'traceparent'>;

const lookups = counter({
  name: 'gateway_session_lookups_total',
  help: 'Sessions looked up, by where they were found',
  labelNames: ['found'],
});

/** The sessions that were used lately, as `BelievedCache` keeps them. */
@Injectable()
export class SessionCache implements OnModuleInit {
  private readonly cache = new BelievedCache<SessionView>({
    max: MAX_SESSIONS,
    found: (found) => lookups.inc({ found }),
  });

  constructor(
    private readonly rpc: RpcClient,
    private readonly notices: Notices,
  ) {}

  async onModuleInit(): Promise<void> {
    this.notices.onReconnect(() => this.cache.clear());
    await this.notices.listen(sessionsChanged, ({ session_ids: ids }) => this.cache.drop(...ids));
  }

  /**
   * @returns null for a session that has ended; a promise only where it has to be asked for
   * @throws DomainError (as a rejection) when the service cannot answer
   */
  get(id: string, { requestId, traceparent }: Origin): SessionView | null | Promise<SessionView | null> {
    return this.cache.get(id, () =>
      this.rpc.call(
        authOperations.session,
        { session_id: id },
        { context: { principal: SYSTEM, requestId, traceparent } },
      ),
    );
  }

  /** What is known without asking; undefined where nothing is. */
  peek(id: string): SessionView | null | undefined {
    return this.cache.peek(id);
  }
}
