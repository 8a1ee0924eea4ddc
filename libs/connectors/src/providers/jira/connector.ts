import { accountOf, basic, bearer, connectionTest } from '../../connection/connection-test';
import { requiredBaseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { hmacScheme, prefixed } from '../../verify/hmac';

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
    deliveryId: ({ headers }) => headers.one('X-Atlassian-Webhook-Identifier') ?? null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

const OWN_PREFIX = 'jira:';

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
