import { useHub } from '../hub';

const hub = useHub();

describe('the published documentation pages', () => {
  test.each(['/api/docs/', '/api/schema/swagger-ui/', '/docs', '/api/docs', '/docs/'])(
    '%s leads to the page',
    async (path) => {
      const { status, headers } = await hub.call('GET', path, { as: null });
      expect(status).toBe(302);
      const page = await hub.call('GET', headers.get('Location') ?? '', { as: null });
      expect(page.status).toBe(200);
      expect(page.headers.get('Content-Type')).toMatch(/^text\/html/);
    },
  );
});
