import { Injectable } from '@nestjs/common';
import type { Principal, WebhookSummary } from '@signalbox/contracts';
import { SummaryRepository } from './summary.repository';

/** Counting a day of deliveries may take a while: a page that asks again and again gets the same answer for so long. */
const FRESH_MS = 5_000;

@Injectable()
export class SummaryService {
  private last: { readonly until: number; readonly answer: Promise<WebhookSummary> } | undefined;

  constructor(private readonly repository: SummaryRepository) {}

  /** Of the webhooks that the caller may see. */
  summary({ projects }: Principal): Promise<WebhookSummary> {
    if (projects !== null) return this.repository.summary(projects);
    if (this.last && this.last.until > Date.now()) return this.last.answer;
    const answer = this.repository.summary(null);
    this.last = { until: Date.now() + FRESH_MS, answer };
    answer.catch(() => (this.last = undefined));
    return answer;
  }
}
