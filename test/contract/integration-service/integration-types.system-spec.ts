import { useHub } from '../hub';
import { TEXT } from '../samples';
import type { Enveloped } from './webhooks';

const hub = useHub();
const TYPES = '/api/v1/integrations/types';
/** As published. */
const CATEGORY_OF = {
  github: 'code_repository',
  gitlab: 'code_repository',
  bitbucket: 'code_repository',
  jira: 'project_management',
  trello: 'project_management',
  azure_devops: 'project_management',
  slack: 'communication',
  jenkins: 'ci_cd',
  docker: 'container',
  kubernetes: 'container',
};

interface Types {
  readonly types: readonly { readonly type: string; readonly category: string }[];
  readonly total: number;
}

test('lists the published types, without a credential', async () => {
  const { status, body } = await hub.call<Enveloped<Types>>('GET', TYPES, { as: null });
  expect(status).toBe(200);
  expect(body).toMatchObject({ code: 'S10000', msg: '獲取集成類型成功' });
  const { types, total } = body.content;
  expect(total).toBe(types.length);
  const found = Object.fromEntries(types.map(({ type, category }) => [type, category]));
  expect(found).toMatchObject(CATEGORY_OF);
});

test.each([...new Set(Object.values(CATEGORY_OF)), 'monitoring'])('lists those of %s', async (category) => {
  const { body } = await hub.call<Enveloped<Types>>('GET', `${TYPES}?category=${category}`, { as: null });
  expect(body.content.types.filter((type) => type.category !== category)).toEqual([]);
  expect(body.content.types.map(({ type }) => type)).toEqual(
    expect.arrayContaining(
      Object.entries(CATEGORY_OF)
        .filter(([, of]) => of === category)
        .map(([type]) => type),
    ),
  );
});

test('refuses an unknown category', async () => {
  expect(await hub.call('GET', `${TYPES}?category=weather`, { as: null })).toMatchObject({
    status: 422,
    body: { code: 'F40022', content: { details: [{ field: 'category', message: TEXT }] } },
  });
});

test.each(Object.keys(CATEGORY_OF))('tells what %s is set up with', async (type) => {
  const { status, body } = await hub.call('GET', `${TYPES}/${type}/schema`, { as: null });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    code: 'S10000',
    content: {
      integration_type: type,
      configuration: { type: 'object', properties: { base_url: { type: 'string' } } },
      credentials: { type: 'object' },
    },
  });
});

test('knows no schema of an unknown type', async () => {
  expect(await hub.call('GET', `${TYPES}/weather/schema`, { as: null })).toMatchObject({
    status: 404,
    body: { code: 'F40004' },
  });
});
