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

/** A session older than this is not believed any more, whatever became of the notices. */
const BELIEVED_MS = 10_000;
/** From this age on it is asked for again, behind the request that uses it. */
const FRESH_MS = 5_000;
const MAX_SESSIONS = 10_000;

interface Entry {
  readonly view: SessionView | null;
  readonly loadedAt: number;
}

type Origin = Pick<CallContext, 'requestId' | 'traceparent'>;

const lookups = counter({
  name: 'gateway_session_lookups_total',
  help: 'Sessions looked up, by where they were found',
  labelNames: ['found'],
});

/**
 * The sessions that were used lately. Asks once a session at a time, keeps the answer for ten seconds at most (also that
 * there is no such session), and forgets it at once when told that it changed.
 */
@Injectable()
export class SessionCache implements OnModuleInit {
  /** In the order in which they were loaded: the first is the oldest. */
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<SessionView | null>>();

  constructor(
    private readonly rpc: RpcClient,
    private readonly notices: Notices,
  ) {}

  async onModuleInit(): Promise<void> {
    this.notices.onReconnect(() => this.clear());
    await this.notices.listen(sessionsChanged, ({ session_ids: ids }) => this.drop(...ids));
  }

  /**
   * @returns null for a session that has ended; a promise only where it has to be asked for
   * @throws DomainError (as a rejection) when the service cannot answer
   */
  get(id: string, origin: Origin): SessionView | null | Promise<SessionView | null> {
    const entry = this.entries.get(id);
    const age = entry ? performance.now() - entry.loadedAt : Infinity;
    if (!entry || age > BELIEVED_MS) {
      lookups.inc({ found: 'service' });
      return this.load(id, origin);
    }
    lookups.inc({ found: 'memory' });
    // A failure shows when the entry is too old to be believed.
    if (age > FRESH_MS) this.load(id, origin).catch(() => undefined);
    return entry.view;
  }

  /** What is known without asking; undefined where nothing is. */
  peek(id: string): SessionView | null | undefined {
    const entry = this.entries.get(id);
    return entry && performance.now() - entry.loadedAt <= BELIEVED_MS ? entry.view : undefined;
  }

  /** From now on these sessions are asked for again; an answer under way is not kept. */
  drop(...ids: string[]): void {
    for (const id of ids) {
      this.entries.delete(id);
      this.loading.delete(id);
    }
  }

  clear(): void {
    this.entries.clear();
    this.loading.clear();
  }

  private load(id: string, { requestId, traceparent }: Origin): Promise<SessionView | null> {
    const underWay = this.loading.get(id);
    if (underWay) return underWay;
    const context = { principal: SYSTEM, requestId, traceparent };
    const load = this.rpc.call(authOperations.session, { session_id: id }, { context }).then(
      (view) => {
        if (this.loading.get(id) === load) this.keep(id, view);
        return view;
      },
      (error: unknown) => {
        if (this.loading.get(id) === load) this.loading.delete(id);
        throw error;
      },
    );
    this.loading.set(id, load);
    return load;
  }

  private keep(id: string, view: SessionView | null): void {
    this.loading.delete(id);
    this.entries.delete(id);
    this.entries.set(id, { view, loadedAt: performance.now() });
    const oldest = this.entries.keys().next();
    if (this.entries.size > MAX_SESSIONS && !oldest.done) this.entries.delete(oldest.value);
  }
}
