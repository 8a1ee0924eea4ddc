import type { Page } from '@signalbox/contracts';
import type { Language } from '../../messages/language';
import type { OperationSentence } from '../../messages/operation-sentences';

/** What an envelope may say about the request it answers. */
export interface AnswerContext {
  readonly language: Language;
  readonly says: OperationSentence;
  /** Path and query as received. */
  readonly url: string;
  /** Where the caller reaches the hub, without a trailing slash: `https://hub.example.com`. */
  publicOrigin(): string;
}

export interface FieldMessage {
  readonly field: string;
  readonly message: string;
}

/** An error as it is published: already translated, status and code already those of the surface. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly fields: readonly FieldMessage[];
  readonly details?: Readonly<Record<string, unknown>>;
  /** Seconds; with 429 only. */
  readonly retryAfter?: number;
}

/** The shape of a surface's answers. */
export interface Envelope {
  success(value: unknown, context: AnswerContext): unknown;
  page(page: Page<unknown>, listName: string, context: AnswerContext): unknown;
  failure(failure: Failure, context: AnswerContext): object;
}

/** `message: field problem; field problem`, for surfaces whose errors are one sentence. */
export function inOneSentence({ message, fields }: Failure): string {
  if (fields.length === 0) return message;
  return `${message}: ${fields.map(({ field, message: problem }) => `${field} ${problem}`).join('; ')}`;
}
