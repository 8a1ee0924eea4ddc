import { Injectable } from '@nestjs/common';
import { counter } from '@signalbox/observability';
import { LimitStore, type Counter, type LimitPolicy, type Usage } from './limit-store';
import { Policies, type LimitedRequest } from './policies';

export interface Verdict {
  /** The tightest of those that bind the request. */
  readonly policy: LimitPolicy;
  readonly usage: Usage;
}

const refusals = counter({
  name: 'gateway_limit_refusals_total',
  help: 'Requests refused because a limit was reached, by policy',
  labelNames: ['policy'],
});

/** Holds requests against every limit that binds them. */
@Injectable()
export class Limiter {
  constructor(
    private readonly store: LimitStore,
    private readonly policies: Policies,
  ) {}

  /** Counts the request, unless a limit refuses it. One whose kind is counted nowhere is let in, and told where it stands. */
  admit(request: LimitedRequest): Verdict | Promise<Verdict> {
    const counters = this.policies.bindingOn(request);
    if (request.kind === 'none')
      return whenKnown(this.store.peek(counters), (usages) => letIn(counters, usages));
    return whenKnown(this.store.take(counters), (usages) => judge(counters, usages));
  }

  /** What `admit` would say, counting nothing. */
  look(request: LimitedRequest): Verdict | Promise<Verdict> {
    const counters = this.policies.bindingOn(request);
    return whenKnown(this.store.peek(counters), (usages) => judge(counters, usages));
  }

  /** What `admit` let in and counted a moment ago counts no longer. */
  giveBack(request: LimitedRequest): void {
    this.store.giveBack(this.policies.bindingOn(request));
  }
}

/** Holds requests against limits of this process alone. */
@Injectable()
export class OwnLimiter extends Limiter {}

function whenKnown<T, R>(value: T | Promise<T>, next: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function letIn(counters: readonly Counter[], usages: readonly Usage[]): Verdict {
  const { policy, usage } = tightestOf(counters, usages);
  return { policy, usage: { ...usage, allowed: true } };
}

function judge(counters: readonly Counter[], usages: readonly Usage[]): Verdict {
  const tightest = tightestOf(counters, usages);
  if (!tightest.usage.allowed) refusals.inc({ policy: tightest.policy.name });
  return tightest;
}

/** Where there is room, what has least of it; where there is none, what will be the last to have some. */
function tightestOf(counters: readonly Counter[], usages: readonly Usage[]): Verdict {
  let tightest: Verdict | undefined;
  for (const [index, { policy }] of counters.entries()) {
    const usage = usages[index];
    if (usage && (!tightest || isTighter(usage, tightest.usage))) tightest = { policy, usage };
  }
  if (!tightest) throw new Error('no limit binds the request');
  return tightest;
}

function isTighter(one: Usage, other: Usage): boolean {
  if (one.allowed !== other.allowed) return other.allowed;
  return one.allowed ? one.remaining < other.remaining : one.resetMs > other.resetMs;
}
