import { DomainError, type PublishInput } from '@signalbox/contracts';
import { isPrintable } from '../../validation/checks';

const LONGEST_PROJECT_ID = 255;

/** Everything about an event that somebody publishes, as it came. */
export interface PublishedRequest {
  readonly eventType: string;
  /** `project_id` of the query. */
  readonly project?: string;
  /** The body, parsed. */
  readonly body: unknown;
  /** The body, byte for byte. */
  readonly raw: Buffer;
}

/**
 * The body is the event's data and is delivered as it came; a `project_id` in it stays there, and confines the fan-out.
 * @throws DomainError VALIDATION_FAILED where the body is no object, or names another project than the query
 */
export function publishInput({ eventType, project, body, raw }: PublishedRequest): PublishInput {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || raw.length === 0) {
    throw DomainError.invalid({ field: 'body', key: 'object' });
  }
  const inBody = projectOf((body as { project_id?: unknown }).project_id);
  if (project !== undefined && inBody !== undefined && project !== inBody) {
    throw DomainError.invalid({ field: 'project_id', key: 'project_differs' });
  }
  return {
    event_type: eventType,
    project_id: inBody ?? project ?? null,
    data: raw.toString('utf8'),
    source: 'api',
  };
}

/** Anything but a name would silently reach every project. */
function projectOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw DomainError.invalid({ field: 'project_id', key: 'string' });
  if (value.trim() === '') throw DomainError.invalid({ field: 'project_id', key: 'not_blank' });
  if (!isPrintable(value)) throw DomainError.invalid({ field: 'project_id', key: 'control_character' });
  if (value.length > LONGEST_PROJECT_ID) {
    throw DomainError.invalid({
      field: 'project_id',
      key: 'max_length',
      params: { max: LONGEST_PROJECT_ID },
    });
  }
  return value;
}
