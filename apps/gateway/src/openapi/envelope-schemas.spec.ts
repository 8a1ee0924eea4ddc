import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { SURFACES, SURFACE_NAMES } from '../surfaces/surface';
import { ENVELOPE_SCHEMAS } from './envelope-schemas';

const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
ajv.addSchema({ type: 'object', required: ['id'] }, 'thing');

const context = {
  language: 'en',
  says: 'ok',
  url: '/api/users/?page=2&page_size=1',
  publicOrigin: () => 'https://hub.example.com',
} as const;
const failure = { code: 'F40022', message: 'No', fields: [{ field: 'name', message: 'is required' }] };

function accepts(schema: object, value: unknown): boolean {
  const valid = ajv.validate(schema, JSON.parse(JSON.stringify(value)) as unknown);
  if (!valid) throw new Error(`${ajv.errorsText()} in ${JSON.stringify(value)}`);
  return true;
}

describe.each(SURFACE_NAMES)('the shapes of %s', (name) => {
  const { envelope } = SURFACES[name];
  const schemas = ENVELOPE_SCHEMAS[name];

  it('are those that its envelope builds', () => {
    const thing = { $ref: 'thing' };
    expect(accepts(schemas.success(thing), envelope.success({ id: '1' }, context))).toBe(true);
    const page = { items: [{ id: '1' }], total: 3, page: 2, size: 1 };
    const list = schemas.page({ type: 'array', items: thing }, 'things');
    expect(accepts(list, envelope.page(page, 'things', context))).toBe(true);
    for (const more of [{}, { fields: [] }, { fields: [], details: { a: 1 } }, { retryAfter: 3 }]) {
      expect(accepts(schemas.failure, envelope.failure({ ...failure, ...more }, context))).toBe(true);
    }
  });

  it('are not those of another answer', () => {
    const thing = { $ref: 'thing' };
    expect(ajv.validate(schemas.success(thing), envelope.failure(failure, context))).toBe(false);
    expect(ajv.validate(schemas.failure, envelope.success({ id: '1' }, context))).toBe(false);
  });
});
