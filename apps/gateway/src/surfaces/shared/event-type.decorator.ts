import { EVENT_TYPE_MAX_LENGTH, EVENT_TYPE_PATTERN } from '@signalbox/contracts';
import { Rule } from '../../validation';

/** One event type: a pattern such as `task.*` is refused. Whether it is known, the service says. */
export const IsEventType = (): PropertyDecorator =>
  Rule(
    'eventType',
    (value) =>
      typeof value === 'string' && value.length <= EVENT_TYPE_MAX_LENGTH && EVENT_TYPE_PATTERN.test(value),
    'event_type',
  );
