import { validate } from '@readme/openapi-parser';
import { useHub } from '../hub';

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, unknown>>;
}

const hub = useHub();

describe('GET /api/v1/doc', () => {
  test('answers a valid OpenAPI 3.1 document of all five surfaces to anybody', async () => {
    const { status, headers, body } = await hub.call<Document>('GET', '/api/v1/doc', { as: null });
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(body.openapi).toMatch(/^3\.1\./);
    expect(body.tags).toHaveLength(5);
    expect(await validate(structuredClone(body) as never)).toMatchObject({ valid: true });
  });

  test('the page and every file it names come from the hub, under a policy that lets nothing else in', async () => {
    const page = await hub.call('GET', '/api/v1/doc/ui', { as: null });
    expect(page.status).toBe(200);
    expect(page.headers.get('Content-Type')).toMatch(/^text\/html/);
    const policy = page.headers.get('Content-Security-Policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).toMatch(/^\/api\/v1\/doc/);
      expect(await hub.call('GET', file, { as: null })).toMatchObject({ status: 200 });
    }
  });

  test.each(['package.json', '..%2fpackage.json', 'swagger-ui.js', 'constructor'])(
    'the page’s folder gives away nothing else: %s',
    async (file) => {
      expect(await hub.call('GET', `/api/v1/doc/ui/${file}`, { as: null })).toMatchObject({ status: 404 });
    },
  );
});
