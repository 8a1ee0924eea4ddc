import type { TestResult } from '@signalbox/contracts';
import { Field, NullableField } from '../../openapi/field.decorator';

/** What came back from the receiver of a test delivery. */
export class TestResultAnswer implements TestResult {
  @Field('Delivery; its attempt is in the log', '019a9e2c-6f00-7000-8000-000000000001')
  delivery_id!: string;

  @Field('Event type of the test event', 'webhook.test')
  event_type!: string;

  @Field('Whether the receiver accepted it', true)
  delivered!: boolean;

  @NullableField('integer', 'Status the receiver answered', 200)
  status_code!: number | null;

  @Field('Milliseconds from connecting to the last byte', 42)
  duration_ms!: number;

  @NullableField(String, 'What the receiver answered, capped', 'ok')
  response_body!: string | null;

  @Field('Whether the answer was longer than what is kept', false)
  response_truncated!: boolean;

  @NullableField(String, 'Why it failed')
  error!: string | null;
}
