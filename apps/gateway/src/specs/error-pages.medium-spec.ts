import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXAMPLE_PATH, EXAMPLE_TIME } from '../error-pages/error-examples';
import { DOCUMENTED_CODES, errorPage, exampleBody } from '../error-pages/error-pages';
import { SURFACE_NAMES, SURFACES } from '../surfaces';
import { ALL_CODES, probesAt } from './probe-surfaces-for-spec';
import { RunningGateway } from './running-gateway-for-spec';

const DOCS = join(__dirname, '../../../../docs');

describe('pages of error codes (services in memory)', () => {
  let hub: RunningGateway;
  beforeAll(async () => {
    hub = await RunningGateway.start();
  });
  afterAll(() => hub.stop());

  const cases = SURFACE_NAMES.flatMap((surface) => ALL_CODES.map((code) => ({ surface, code })));

  it.each(cases)('show what is really answered: $surface, $code', async ({ surface, code }) => {
    const path = `${probesAt(surface)}/fails/${code}`;
    const response = await hub.fetch(path, { headers: { 'accept-language': 'en' } });
    const body = (await response.text())
      .replace(JSON.stringify(path), JSON.stringify(EXAMPLE_PATH))
      .replace(/"timestamp":"[^"]+"/, `"timestamp":"${EXAMPLE_TIME}"`);
    expect(JSON.parse(body)).toEqual(exampleBody(code, SURFACES[surface]));
    const page = errorPage(code) ?? '';
    const example = page.indexOf(JSON.stringify(JSON.parse(body), null, 2));
    expect(example).toBeGreaterThan(0);
    const head = page.slice(0, example).split('```http\n').at(-1) ?? '';
    expect(head).toContain(`HTTP/1.1 ${response.status} `);
    for (const header of ['retry-after', 'www-authenticate'] as const) {
      const sent = response.headers.get(header);
      expect(head.toLowerCase().includes(`${header}: `)).toBe(sent !== null);
      if (sent !== null) expect(head).toContain(sent);
    }
  });

  it('are there for every code of the catalogue and every code in an answer, and no other', async () => {
    const published = Object.values(SURFACES).flatMap(({ errors: { codes, ofResource = {} } }) => [
      ...Object.values(codes),
      ...Object.values(ofResource).flatMap((byResource) => Object.values(byResource)),
    ]);
    const all = new Set([...ALL_CODES, ...published.map(({ code }) => code)]);
    expect(DOCUMENTED_CODES).toEqual([...all].sort());
    const files = (await readdir(join(DOCS, 'errors'))).sort();
    expect(files).toEqual(DOCUMENTED_CODES.map((code) => `${code}.md`).sort());
  });

  it.each(DOCUMENTED_CODES)('%s: is served and in the index, and its links lead somewhere', async (code) => {
    const served = await hub.fetch(`/api/v1/doc/errors/${code}`);
    expect(served.status).toBe(200);
    expect(served.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await served.text()).toBe(errorPage(code));
    expect(await readFile(join(DOCS, 'errors.md'), 'utf8')).toContain(`](errors/${code}.md)`);
    const page = await readFile(join(DOCS, 'errors', `${code}.md`), 'utf8');
    for (const [, target = '', anchor] of page.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)) {
      const text = await readFile(join(DOCS, 'errors', target), 'utf8');
      const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      );
      if (anchor !== undefined) expect(anchors).toContain(anchor);
    }
  });

  it.each(['NOPE', '__proto__', 'f40022'])('there is none of %s', async (code) => {
    expect((await hub.fetch(`/api/v1/doc/errors/${code}`)).status).toBe(404);
  });
});
