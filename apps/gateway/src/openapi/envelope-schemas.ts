import type { SurfaceName } from '../surfaces/surface-name';
import type { Reference, Schema } from './schema';

/** The shapes of a surface's answers, as `surfaces/envelopes` builds them. */
interface EnvelopeSchemas {
  success(content: Reference): Schema | Reference;
  page(items: Schema, listName: string): Schema;
  readonly failure: Schema;
}

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };
const record = (
  properties: Record<string, Schema | Reference>,
  optional: readonly string[] = [],
): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const fieldProblems: Schema = { type: 'array', items: record({ field: text, message: text }) };

const succeeded = (content: Schema | Reference): Schema =>
  record({ code: { type: 'string', enum: ['S10000'] }, msg: text, content });

const integrationService: EnvelopeSchemas = {
  success: succeeded,
  page: (items, listName) => succeeded(record({ [listName]: items, total: count, page: count, size: count })),
  failure: record({
    code: { type: 'string', pattern: '^F\\d{5}$' },
    msg: text,
    content: {
      type: ['object', 'null'],
      description: '`details` lists the fields that are wrong; other errors may carry facts of their own',
      properties: { details: fieldProblems },
      additionalProperties: true,
    },
  }),
};

const yes: Schema = { type: 'boolean', enum: [true] };
const no: Schema = { type: 'boolean', enum: [false] };

const successData: EnvelopeSchemas = {
  success: (data) => record({ success: yes, data }),
  page: (data) =>
    record({
      success: yes,
      data,
      pagination: record({ page: count, pageSize: count, total: count, totalPages: count }),
    }),
  failure: record({
    success: no,
    error: record(
      {
        code: text,
        message: text,
        details: { anyOf: [fieldProblems, { type: 'object' }] },
        retryAfter: { ...count, description: 'Seconds, with 429' },
      },
      ['details', 'retryAfter'],
    ),
  }),
};

const link: Schema = { type: ['string', 'null'], format: 'uri' };

const automation: EnvelopeSchemas = {
  success: (content) => content,
  page: (results) => record({ count, next: link, previous: link, results }),
  failure: record({
    error: record({
      code: text,
      message: text,
      details: {
        type: 'object',
        description: 'The messages of each wrong field',
        additionalProperties: true,
      },
    }),
    timestamp: { type: 'string', format: 'date-time' },
    path: text,
  }),
};

const integrationManagement: EnvelopeSchemas = {
  success: (content) => content,
  page: (items) => record({ items, total: count, skip: count, limit: count }),
  failure: record({ detail: text }),
};

export const ENVELOPE_SCHEMAS: Readonly<Record<SurfaceName, EnvelopeSchemas>> = {
  'integration-service': integrationService,
  administration: successData,
  automation,
  'integration-management': integrationManagement,
  'code-review': successData,
};
