import { ConnectionError } from '../../connection/connection';
import { parsed } from '../../connection/connection-test';
import type { ConnectionContext, HookRegistrar, HookToRegister } from '../../connector';
import { at, listAt, nameAt, textAt } from '../../delivery/fields';
import { MOST_FOUND } from '../../hooks/rest-hooks';
import { answerOf, call, hookId, isGood, MOST_PAGES } from '../../hooks/call';

const RESOURCES = ['Issue', 'Comment', 'IssueLabel', 'Project', 'Cycle', 'Reaction'];
const PAGE = 50;

const LIST = `query($after: String) { webhooks(first: ${PAGE}, after: $after) {
  nodes { id url } pageInfo { hasNextPage endCursor } } }`;
const CREATE =
  'mutation($input: WebhookCreateInput!) { webhookCreate(input: $input) { success webhook { id } } }';
const UPDATE =
  'mutation($id: String!, $input: WebhookUpdateInput!) { webhookUpdate(id: $id, input: $input) { success } }';
const DELETE = 'mutation($id: String!) { webhookDelete(id: $id) { success } }';

/** Hooks of a workspace of Linear, over its GraphQL API. @param api where it is unless the settings say otherwise */
export function linearHooks(api: string): HookRegistrar {
  async function ask(context: ConnectionContext, query: string, variables: object): Promise<unknown> {
    const response = await call(context, {
      method: 'POST',
      url: place(context.settings),
      headers: {
        authorization: context.settings.credential('api_key'),
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: JSON.stringify({ query, variables }),
    });
    // Errors of the query come with 200 and with 400.
    const answer = isGood(response) || response.status === 400 ? parsed(response) : undefined;
    if (listAt(answer, 1, 'errors').length > 0) throw refusal(answer, response.status);
    return at(answerOf(response), 'data');
  }

  const place: HookRegistrar['place'] = (settings) => settings.url('/graphql', api);

  /** What Linear answers about a hook that is gone is not documented, so it is looked for. */
  async function findBy(
    context: ConnectionContext,
    field: 'id' | 'url',
    value: string,
    most: number,
  ): Promise<string[]> {
    const found = new Set<string>();
    let after: string | null = null;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const data = await ask(context, LIST, { after });
      const nodes = listAt(data, PAGE, 'webhooks', 'nodes').filter((node) => textAt(node, field) === value);
      for (const node of nodes) found.add(hookId(nameAt(node, 'id')));
      after = textAt(data, 'webhooks', 'pageInfo', 'endCursor');
      const isLast = at(data, 'webhooks', 'pageInfo', 'hasNextPage') !== true || after === null;
      if (found.size >= most || isLast) break;
    }
    return [...found].slice(0, most);
  }

  const isThere = async (context: ConnectionContext, id: string) =>
    (await findBy(context, 'id', id, 1)).length > 0;

  return {
    makesSecret: false,
    secretStays: false,
    permissions: 'a key of an administrator of the workspace',
    allEvents: `\`${RESOURCES.join('`, `')}\` of all public teams`,
    place,
    find: (context, url) => findBy(context, 'url', url, MOST_FOUND),
    async create(context, hook) {
      const input = { ...inputOf(hook), allPublicTeams: true };
      const data = await ask(context, CREATE, { input });
      return { id: hookId(nameAt(data, 'webhookCreate', 'webhook', 'id')), secret: null };
    },
    async update(context, id, hook) {
      if (!(await isThere(context, id))) return false;
      done(await ask(context, UPDATE, { id, input: inputOf(hook) }), 'webhookUpdate');
      return true;
    },
    async remove(context, id) {
      if (!(await isThere(context, id))) return;
      done(await ask(context, DELETE, { id }), 'webhookDelete');
    },
  };
}

function inputOf({ url, secret, events, active }: HookToRegister) {
  return {
    label: 'Signalbox',
    url,
    secret,
    enabled: active,
    resourceTypes: events.length > 0 ? events : RESOURCES,
  };
}

function done(data: unknown, mutation: string): void {
  if (at(data, mutation, 'success') !== true) {
    throw new ConnectionError('unexpected_answer', 'the provider did not do what was asked', 200);
  }
}

/** What went wrong is told by a code; the text may quote what was sent. */
function refusal(answer: unknown, status: number): ConnectionError {
  const code = nameAt(answer, 'errors', 0, 'extensions', 'code');
  switch (code) {
    case 'AUTHENTICATION_ERROR':
      return new ConnectionError('unauthorized', 'the credentials were refused', status);
    case 'FORBIDDEN':
      return new ConnectionError('forbidden', 'the credentials do not suffice', status);
    case 'RATELIMITED':
      return new ConnectionError('rate_limited', 'the provider asks to wait', status);
    default:
      return new ConnectionError('unexpected_answer', 'the provider did not take the hook as it is', status);
  }
}
