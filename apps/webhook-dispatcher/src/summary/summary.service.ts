import { Injectable } from '@nestjs/common';
import {
  sees,
  type AttemptCounts,
  type AttemptCountsQuery,
  type Principal,
  type WebhookSummary,
} from '@signalbox/contracts';
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

  /** Of the webhooks that the caller may see. */
  attemptCounts({ from, to, project_id }: AttemptCountsQuery, principal: Principal): Promise<AttemptCounts> {
    const asked = project_id === undefined ? principal.projects : [project_id];
    const projects = asked?.filter((id) => sees(principal, id)) ?? null;
    return this.repository.attemptCounts(new Date(from), new Date(to), projects);
  }
}
