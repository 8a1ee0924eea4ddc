import { Injectable } from '@nestjs/common';
import {
  ALERT_LIMITS,
  DomainError,
  type AlertChangeView,
  type AlertInput,
  type AlertView,
  type CallContext,
  type Page,
  type PageRequest,
} from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { validate as isUuid } from 'uuid';
import { requireAdmin } from '../access';
import type { AlertEntity } from './alert.entity';
import { AlertChangesRepository } from './alert-changes.repository';
import { alertChangeView, alertView, changed, problemsOf, ruleOf, type AlertFields } from './alert-rule';
import { AlertsRepository } from './alerts.repository';

const taken = () => DomainError.conflict('resource', 'alert.name_taken');
const notFound = () => DomainError.notFound('resource');

/** Rules as administrators see them. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly alerts: AlertsRepository,
    private readonly changes: AlertChangesRepository,
  ) {}

  async list({ page, size }: PageRequest, { principal }: CallContext): Promise<Page<AlertView>> {
    requireAdmin(principal);
    const { items, total } = await this.alerts.page({ page, size });
    return { items: items.map(alertView), total, page, size };
  }

  async create(input: AlertInput, { principal, idempotencyId }: CallContext): Promise<AlertView> {
    requireAdmin(principal);
    const fields = checked(changed(null, input), input);
    const id = idempotencyId ?? newId();
    const stored = await this.alerts.insert({ id, createdBy: principal.id, ...fields }, ALERT_LIMITS.alerts);
    if (stored === 'full') throw DomainError.conflict('resource', 'alert.too_many');
    if (!stored) throw taken();
    return alertView(await this.existing(id));
  }

  async get({ id }: { id: string }, { principal }: CallContext): Promise<AlertView> {
    requireAdmin(principal);
    return alertView(await this.existing(id));
  }

  async update(
    { id, changes }: { id: string; changes: Partial<AlertInput> },
    { principal }: CallContext,
  ): Promise<AlertView> {
    requireAdmin(principal);
    if (!isUuid(id)) throw notFound();
    const updated = await this.alerts.update(id, (before) =>
      checked(changed({ rule: ruleOf(before), isActive: before.isActive }, changes), changes),
    );
    if (updated === 'taken') throw taken();
    if (!updated) throw notFound();
    return alertView(updated);
  }

  async remove({ id }: { id: string }, { principal }: CallContext): Promise<{ id: string; deleted: true }> {
    requireAdmin(principal);
    if (!isUuid(id) || !(await this.alerts.remove(id))) throw notFound();
    return { id, deleted: true };
  }

  async history(
    { id, page, size }: PageRequest & { readonly id: string },
    { principal }: CallContext,
  ): Promise<Page<AlertChangeView>> {
    requireAdmin(principal);
    await this.existing(id);
    const { items, total } = await this.changes.page(id, { page, size });
    return { items: items.map(alertChangeView), total, page, size };
  }

  /** Forgets up to `limit` changes that have had their time, and tells how many it found. */
  sweep(limit: number): Promise<number> {
    return this.changes.deleteOld(ALERT_LIMITS.historyDays, limit);
  }

  private async existing(id: string): Promise<AlertEntity> {
    const alert = isUuid(id) ? await this.alerts.find(id) : null;
    if (!alert) throw notFound();
    return alert;
  }
}

/** @throws DomainError VALIDATION_FAILED */
function checked(fields: AlertFields, input: Partial<AlertInput>): AlertFields {
  const problems = problemsOf(fields, input);
  if (problems.length > 0) throw DomainError.invalid(...problems);
  return fields;
}
