import { accountOf, basic, bearer, connectionTest } from '../../connection/connection-test';
import { ConnectionError, type ConnectionSettings } from '../../connection/connection';
import { requiredBaseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { restHooks } from '../../hooks/rest-hooks';
import { hmacScheme, prefixed } from '../../verify/hmac';

const EVENTS = [
  'jira:issue_created',
  'jira:issue_updated',
  'jira:issue_deleted',
  'comment_created',
  'comment_updated',
  'comment_deleted',
];

export const jira = {
  id: 'jira',
  title: 'Jira',
  type: 'PROJECT_MANAGEMENT',
  kind: 'api_client',
  hosts: ['atlassian.net', 'jira.com'],
  documentation: 'https://developer.atlassian.com/cloud/jira/platform/webhooks/',
  configuration: settings(
    { ...requiredBaseUrl('https://example.atlassian.net'), project_key: text('Key of the project') },
    ['base_url'],
  ),
  credentials: settings(
    {
      api_token: secret('API token; of Jira Data Center a personal access token'),
      email: text('E-mail address that an API token belongs to'),
    },
    ['api_token'],
  ),
  test: connectionTest({
    request: (given) => {
      const token = given.credential('api_token');
      const email = given.optionalCredential('email');
      return {
        method: 'GET',
        url: given.url('/rest/api/2/myself'),
        headers: email === undefined ? bearer(token) : basic(email, token),
      };
    },
    account: accountOf({ name: ['displayName'], email: ['emailAddress'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: '`sha256=` and HMAC-SHA256 (hex) of the body',
      header: 'X-Hub-Signature',
      encodings: ['hex'],
      read: prefixed('sha256='),
    }),
    answerWithinSeconds: null,
    knownBy: '`X-Atlassian-Webhook-Identifier`',
    setUp: [
      'Open Settings → System → WebHooks → Create a WebHook.',
      'URL: the address of the endpoint. Secret: the secret of the endpoint.',
      'Choose the events, and a JQL filter where wanted.',
    ],
    limits: [
      'Without a secret Jira does not sign, and its deliveries are refused.',
      'Failed deliveries are repeated up to five times; no time of sending is signed.',
    ],
    hooks: restHooks({
      permissions: 'an API token, with its e-mail address, of an administrator of Jira; of Jira Cloud only',
      allEvents: `\`${EVENTS.join('`, `')}\`, of the project where one is set`,
      place: (given) => given.url('/rest/webhooks/1.0/webhook'),
      // Jira Data Center has another API for it, and personal tokens without an address.
      headers: (given) => basic(given.credential('email'), given.credential('api_token')),
      fields: ({ url, secret: key, events, active }, _, given) => ({
        name: 'Signalbox',
        url,
        secret: key,
        events: events.length > 0 ? events : EVENTS,
        filters: filtersOf(given),
        excludeBody: false,
        enabled: active,
      }),
      update: 'PUT',
      hook: { id: (hook) => nameAt(hook, 'self')?.split('/').at(-1) ?? null, url: ['url'] },
      list: { query: () => '', more: () => false },
    }),
    deliveryId: ({ headers }) => headers.one('X-Atlassian-Webhook-Identifier') ?? null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

const OWN_PREFIX = 'jira:';

function filtersOf(given: ConnectionSettings): Record<string, string> {
  const key = given.optionalText('project_key');
  if (key === undefined) return {};
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(key)) {
    throw new ConnectionError('invalid_settings', 'project_key must have letters, digits and _');
  }
  return { 'issue-related-events-section': `project = ${key}` };
}

function facts({ payload }: InboundDelivery): EventFacts {
  const event = nameAt(payload, 'webhookEvent') ?? 'unknown';
  return {
    event: event.startsWith(OWN_PREFIX) ? event.slice(OWN_PREFIX.length) : event,
    action: nameAt(payload, 'issue_event_type_name'),
    occurredAt: timeAt(payload, 'timestamp'),
    subject: subjectAt(
      payload,
      { kind: 'issue', id: ['issue', 'key'], title: ['issue', 'fields', 'summary'] },
      { kind: 'sprint', id: ['sprint', 'id'], title: ['sprint', 'name'] },
      { kind: 'version', id: ['version', 'id'], title: ['version', 'name'] },
      { kind: 'project', id: ['project', 'key'], title: ['project', 'name'] },
    ),
  };
}
