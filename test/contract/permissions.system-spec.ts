import { ROLES, SCOPES, type Role, type Scope } from '@signalbox/contracts';
import { ACCESS_RULES, type AccessRule } from '../../apps/gateway/src/access/access-rule';
import { makeAdminKey } from './administration/api-keys';
import { answered } from './answer';
import { useHub } from './hub';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly access: AccessRule;
  readonly takesBody: boolean;
}

interface Caller {
  readonly name: string;
  readonly role?: Role;
  readonly scope?: Scope;
  readonly token?: string;
}

/** Nobody has it, so that whoever may call is told that it is not there, and nothing happens. */
const NOBODYS_ID = '019a9e2c-6f00-7000-8000-0000000000ff';
/** What `required` routes do for whoever has signed in, whatever his role. */
const OWN_AFFAIRS = /^\/api\/(v1\/auth\/logout|users\/me\/(password\/)?)$/;

const hub = useHub();

/** Every route of the published document, which has its access rules from the table that the gateway goes by. */
async function routes(): Promise<Route[]> {
  const { operations } = await hub.published();
  const published = operations.map((operation) => ({
    method: operation.method,
    path: operation.path,
    access: (operation as unknown as { 'x-access': AccessRule })['x-access'],
    takesBody: operation.requestBody !== undefined,
  }));
  const metrics = { method: 'GET', path: '/metrics', access: ACCESS_RULES.observe, takesBody: false };
  return [...published.filter(({ path }) => path !== metrics.path), metrics];
}

async function callers(): Promise<Caller[]> {
  const users = ROLES.map(async (role) => ({
    name: role,
    role,
    // Signing out is among the routes, so nobody's token but this test's own.
    token: (await hub.user({ role })).token,
  }));
  const keys = SCOPES.map(async (scope) => ({
    name: `a key with ${scope}`,
    scope,
    token: (await makeAdminKey(hub, { scopes: [scope], rate_limit: 1_000_000 })).api_key,
  }));
  return [{ name: 'nobody' }, ...(await Promise.all(users)), ...(await Promise.all(keys))];
}

function expected({ credential, roles, scopes }: AccessRule, { role, scope }: Caller): 'in' | 401 | 403 {
  if (role === undefined && scope === undefined) return credential === 'required' ? 401 : 'in';
  if (credential === 'none') return 'in';
  return (role && roles.includes(role)) || (scope && scopes.includes(scope)) ? 'in' : 403;
}

async function met({ method, path, takesBody }: Route, caller: Caller): Promise<'in' | 401 | 403> {
  const { status } = await answered(
    hub.url,
    method,
    path.replaceAll(/\{[^}]+\}/g, NOBODYS_ID),
    caller.token,
    takesBody ? { body: { nobody_knows_this: true } } : {},
  );
  if (status >= 500) throw new Error(`${method} ${path} as ${caller.name}: ${status}`);
  return status === 401 || status === 403 ? status : 'in';
}

describe('who may call what', () => {
  test('is on every route, for each role and each scope, as its rule says', async () => {
    const all = await routes();
    const everybody = await callers();
    const wrong: string[] = [];
    let checked = 0;
    const inTurn = [...all].sort(
      (a, b) => Number(a.path.includes('logout')) - Number(b.path.includes('logout')),
    );
    for (const route of inTurn) {
      const answers = await Promise.all(everybody.map((caller) => met(route, caller)));
      everybody.forEach((caller, index) => {
        const should = expected(route.access, caller);
        checked += 1;
        if (answers[index] !== should)
          wrong.push(
            `${route.method} ${route.path} as ${caller.name}: ${answers[index]} instead of ${should}`,
          );
      });
    }
    expect(wrong).toEqual([]);
    expect(checked).toBe(all.length * 9);
    expect(all.length).toBeGreaterThan(40);
  }, 180_000);
});

/** Written down apart from the rules, so that a rule which lets in too many is found out. */
describe('the rules', () => {
  const letsIn = async (matching: (route: Route) => boolean) =>
    (await routes()).filter(matching).map(({ method, path }) => `${method} ${path}`);
  const required = ({ access }: Route) => access.credential === 'required';

  test('let an admin, and a key with `admin`, in everywhere', async () => {
    const without = ({ access: { roles, scopes } }: Route) =>
      !roles.includes('admin') || !scopes.includes('admin');
    expect(await letsIn((route) => required(route) && without(route))).toEqual([]);
  });

  test('let nobody change anything who may only read', async () => {
    const reader = ({ access: { roles, scopes } }: Route) =>
      roles.includes('viewer') || scopes.includes('read');
    const changing = ({ method, path }: Route) => method !== 'GET' && !OWN_AFFAIRS.test(path);
    expect(await letsIn((route) => required(route) && reader(route) && changing(route))).toEqual([]);
  });

  test('let none but admins administer keys, users, alerts and the audit log', async () => {
    const administrative = ({ path }: Route) =>
      /\/(api-keys|users|alerts|audit-logs)\b/.test(path) && !/\/(usage-stats|me)\b/.test(path);
    const others = ({ access: { roles, scopes } }: Route) =>
      roles.some((role) => role !== 'admin') || scopes.some((scope) => scope !== 'admin');
    const found = await letsIn(administrative);
    expect(found).toEqual(
      expect.arrayContaining(['POST /api/v1/api-keys', 'DELETE /api/v1/admin/integration/api-keys/{key_id}']),
    );
    expect(await letsIn((route) => administrative(route) && (others(route) || !required(route)))).toEqual([]);
  });

  test('let a key with `webhook` alone publish and administer receiving, and hardly anything else', async () => {
    const found = await letsIn(
      (route) => required(route) && route.access.scopes.includes('webhook') && !OWN_AFFAIRS.test(route.path),
    );
    const receiving = '/integration-management/webhooks';
    expect(found.sort()).toEqual(
      [
        'POST /api/v1/webhooks/events/{event_type}',
        `GET ${receiving}`,
        `POST ${receiving}`,
        `GET ${receiving}/{webhook_id}`,
        `PUT ${receiving}/{webhook_id}`,
        `DELETE ${receiving}/{webhook_id}`,
        `POST ${receiving}/{webhook_id}/rotate-secret`,
        `GET ${receiving}/{webhook_id}/events`,
        `GET ${receiving}/{webhook_id}/events/{event_id}`,
        `POST ${receiving}/{webhook_id}/events/{event_id}/replay`,
        `POST ${receiving}/{webhook_id}/replay`,
      ].sort(),
    );
  });
});
