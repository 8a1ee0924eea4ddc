import { ConnectionError, ConnectionSettings, type ConnectorHttp } from '../connection/connection';
import type { ConnectionContext, HookRegistrar } from '../connector';
import { randomSecret, type ConnectorFixtures } from './fixture-for-spec';
import { MOST_PAGES } from '../hooks/call';
import { MOST_FOUND } from '../hooks/rest-hooks';
import { nextId, startStandIn, type RunningStandIn } from './hook-stand-in-for-spec';

const URL_AT_HUB = 'https://hub.example.com/integration-management/webhooks/receive/hook';

/** Requests over the network of this machine, as the guarded client makes them. */
const http: ConnectorHttp = {
  async send({ url, ...request }) {
    const response = await fetch(url, { ...request, redirect: 'manual' });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
      truncated: false,
    };
  },
};

/** What every connector that sets webhooks up must hold, over HTTP against a stand-in of its provider. */
export function describeHooks(title: string, hooks: HookRegistrar, fixtures: ConnectorFixtures): void {
  const { hooks: standIn, credentials } = fixtures;
  if (standIn === undefined) throw new Error('a connector sets hooks up and has no stand-in of its provider');

  describe(`${title} sets hooks up (at a stand-in of the provider)`, () => {
    let provider: RunningStandIn;
    let context: ConnectionContext;
    let secret: string;

    beforeEach(async () => {
      provider = await startStandIn(standIn);
      secret = randomSecret();
      context = {
        http,
        settings: new ConnectionSettings({ ...standIn.configuration, base_url: provider.url }, credentials),
      };
    });
    afterEach(() => provider.close());

    const wanted = (more = {}) => ({
      url: URL_AT_HUB,
      secret,
      events: standIn.events,
      active: true,
      ...more,
    });
    const kept = () => [...provider.hooks.values()];

    it('creates one, and knows its secret', async () => {
      const made = await hooks.create(context, wanted());
      expect([...provider.hooks.keys()]).toEqual([made.id]);
      const known = made.secret ?? secret;
      expect(kept()).toEqual([{ ...wanted(), secret: known, events: standIn.events }]);
      expect(made.secret !== null).toBe(hooks.makesSecret);
    });

    it('creates one for everything, and one that is switched off', async () => {
      await hooks.create(context, wanted({ events: [] }));
      expect(kept()[0]?.events.length).toBeGreaterThan(0);
      const off = await hooks.create(context, wanted({ url: `${URL_AT_HUB}2`, active: false }));
      expect(provider.hooks.get(off.id)?.active).toBe(false);
    });

    it('finds those among many that nobody remembers having made', async () => {
      expect(await hooks.find(context, URL_AT_HUB)).toEqual([]);
      const { id: first } = await hooks.create(context, wanted());
      for (let i = 0; i < 120; i += 1) await hooks.create(context, wanted({ url: `${URL_AT_HUB}${i}` }));
      expect(await hooks.find(context, URL_AT_HUB)).toEqual([first]);
      const { id: last } = await hooks.create(context, wanted());
      expect([...(await hooks.find(context, URL_AT_HUB))].sort()).toEqual([first, last].sort());
    });

    it('tells a bounded number of them', async () => {
      for (let i = 0; i < 120; i += 1) provider.hooks.set(nextId(), wanted());
      expect(new Set(await hooks.find(context, URL_AT_HUB)).size).toBe(MOST_FOUND);
    });

    it('looks through a bounded number of pages', async () => {
      for (let i = 0; i < 120; i += 1) provider.hooks.set(nextId(), wanted({ url: `${URL_AT_HUB}${i}` }));
      const endless: ConnectorHttp = {
        // Every page is the first one again, and not the last.
        send: async ({ body, ...request }) => {
          const first = await http.send({
            ...request,
            url: request.url.replace(/([?&]page=|starting_after=|offset=).*$/, ''),
            ...(body !== undefined && { body: body.replace(/"after":"[^"]*"/, '"after":null') }),
          });
          return { ...first, body: first.body.replace(/"(has_more|more|hasNextPage)":false/, '"$1":true') };
        },
      };
      expect(await hooks.find({ ...context, http: endless }, 'https://nobody.example.com/')).toEqual([]);
      expect(provider.requests).toHaveLength(standIn.onePage ? 1 : MOST_PAGES);
    });

    it('changes all of one but its address, or that too, or makes room for another', async () => {
      const { id, secret: made } = await hooks.create(context, wanted());
      const renewed = randomSecret();
      const changed = wanted({ secret: renewed, events: standIn.events.slice(1) });
      expect(await hooks.update(context, id, changed)).toBe(true);
      const known = made ?? (hooks.secretStays ? secret : renewed);
      expect(kept()).toEqual([{ ...changed, secret: known }]);
      expect(await hooks.update(context, id, { ...changed, active: false })).toBe(true);
      expect(kept()).toMatchObject([{ active: false }]);
      const moved = { ...changed, url: `${URL_AT_HUB}2` };
      const stayed = await hooks.update(context, id, moved);
      expect(kept()).toEqual(stayed ? [{ ...moved, secret: known }] : []);
    });

    it('says that one is gone, and takes it for removed', async () => {
      const { id } = await hooks.create(context, wanted());
      await hooks.remove(context, id);
      expect(kept()).toEqual([]);
      expect(await hooks.update(context, id, wanted())).toBe(false);
      await hooks.remove(context, id);
    });

    it('takes none for removed that the credentials may only not see', async () => {
      const { id } = await hooks.create(context, wanted());
      provider.refuse({ status: 404 });
      await expect(hooks.remove(context, id)).rejects.toMatchObject({ reason: 'forbidden', status: 404 });
    });

    it.each([
      [401, {}, 'unauthorized'],
      [403, {}, 'forbidden'],
      [429, { 'retry-after': '7' }, 'rate_limited'],
      [500, {}, 'unexpected_answer'],
      [302, { location: 'https://elsewhere.example.com/' }, 'unexpected_answer'],
    ])('says what %d means, and nothing of what is secret', async (status, headers, reason) => {
      provider.refuse({ status, headers });
      for (const attempt of [
        () => hooks.create(context, wanted()),
        () => hooks.update(context, '70001', wanted()),
        () => hooks.remove(context, '70001'),
        () => hooks.find(context, URL_AT_HUB),
      ]) {
        const error = await attempt().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(ConnectionError);
        expect(error).toMatchObject({ reason, status });
        const told = `${(error as Error).message} ${(error as Error).stack} ${JSON.stringify(error)}`;
        for (const one of [secret, ...Object.values(credentials)]) expect(told).not.toContain(one);
      }
    });

    it('says that nothing answered', async () => {
      await provider.close();
      await expect(hooks.create(context, wanted())).rejects.toMatchObject({ reason: 'unreachable' });
    });

    it('sends nothing without credentials, and keeps none of them in the place', async () => {
      const settings = new ConnectionSettings({ ...standIn.configuration, base_url: provider.url }, {});
      await expect(hooks.create({ http, settings }, wanted())).rejects.toMatchObject({
        reason: 'invalid_settings',
      });
      expect(provider.requests).toEqual([]);
      for (const one of Object.values(credentials)) expect(hooks.place(context.settings)).not.toContain(one);
    });
  });
}
