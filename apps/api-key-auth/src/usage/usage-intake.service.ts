import { Injectable } from '@nestjs/common';
import { DomainError, USAGE_BATCH_MOST, type UsageBatch, type UsageRecord } from '@signalbox/contracts';
import { counter } from '@signalbox/observability';
import { AuthSettings } from '../settings.module';
import { DAY_MS, retentionFloor } from './usage-days';
import { UsageIntakeRepository } from './usage-intake.repository';
import { UsagePartitionsRepository } from './usage-partitions.repository';

const stored = counter({ name: 'signalbox_usage_records_stored_total', help: 'Records of requests stored' });
const repeated = counter({
  name: 'signalbox_usage_batches_repeated_total',
  help: 'Batches of records that came again and were not stored twice',
});
const outdated = counter({
  name: 'signalbox_usage_records_outdated_total',
  help: 'Records of requests that came when their day was past its retention',
});

/** Takes the records that gateways gather. */
@Injectable()
export class UsageIntakeService {
  constructor(
    private readonly intake: UsageIntakeRepository,
    private readonly partitions: UsagePartitionsRepository,
    private readonly settings: AuthSettings,
  ) {}

  async store({ id, records }: UsageBatch): Promise<{ stored: number }> {
    if (records.length > USAGE_BATCH_MOST) {
      throw DomainError.invalid({ field: 'records', key: 'max_items', params: { max: USAGE_BATCH_MOST } });
    }
    const kept = keepable(records, retentionFloor(this.settings.usageRetentionDays, Date.now()), Date.now());
    const result = (await this.intake.store(id, kept)) ?? (await this.storeWithDays(id, kept));
    if (result.fresh) {
      stored.inc(result.records);
      outdated.inc(records.length - kept.length);
    } else repeated.inc();
    return { stored: result.records };
  }

  /** What comes late, say after an outage, may be of a day that nobody has made. */
  private async storeWithDays(id: string, records: readonly UsageRecord[]) {
    const times = records.map(({ time }) => Date.parse(time));
    await this.partitions.ensure(Math.min(...times), Math.max(...times));
    const result = await this.intake.store(id, records);
    if (!result) throw new Error('There is still no partition for a record');
    return result;
  }
}

/** Without what its retention has passed; what a gateway whose clock is wrong takes for the future is of now. */
function keepable(records: readonly UsageRecord[], floor: number, now: number): readonly UsageRecord[] {
  // Times in one form are in the order of their texts.
  const [from, to] = [floor, now + DAY_MS].map((time) => new Date(time).toISOString()) as [string, string];
  if (records.every(({ time }) => time >= from && time <= to)) return records;
  return records
    .filter(({ time }) => time >= from)
    .map((record) => (record.time > to ? { ...record, time: new Date(now).toISOString() } : record));
}
