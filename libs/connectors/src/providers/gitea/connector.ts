import type { InboundTopic } from '@signalbox/contracts';
import { accountOf, connectionTest } from '../../connection/connection-test';
import type { ConnectionSettings } from '../../connection/connection';
import { requiredBaseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { at, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt, topicOf } from '../../events/code-host';
import { repositoryOrOrganisation, restHooks } from '../../hooks/rest-hooks';
import { hmacScheme, maybePrefixed } from '../../verify/hmac';

const PULL_REQUEST: Readonly<Record<string, InboundTopic>> = {
  opened: 'pull_request.opened',
  reopened: 'pull_request.reopened',
  synchronized: 'pull_request.synchronized',
  edited: 'pull_request.updated',
  closed: 'pull_request.closed',
};

/** What a hook may be told of, as the API names it: there is no word for all of it. */
const EVENTS = [
  'create',
  'delete',
  'fork',
  'push',
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_comment',
  'pull_request_review',
  'pull_request_sync',
  'repository',
  'release',
  'wiki',
];

export const gitea = {
  id: 'gitea',
  title: 'Gitea and Forgejo',
  type: 'CODE_REPOSITORY',
  kind: 'api_client',
  hosts: ['gitea.com', 'codeberg.org'],
  documentation: 'https://docs.gitea.com/usage/webhooks',
  configuration: settings(
    {
      ...requiredBaseUrl('https://gitea.example.com'),
      repository: text('Repository, owner/name; an organisation alone for all of its'),
    },
    ['base_url'],
  ),
  credentials: settings({ access_token: secret('Access token') }, ['access_token']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/api/v1/user'),
      headers: headers(given),
    }),
    account: accountOf({ login: ['login'], name: ['full_name'], email: ['email'], url: ['html_url'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: 'HMAC-SHA256 (hex) of the body, with or without `sha256=`',
      header: 'X-Gitea-Signature',
      encodings: ['hex'],
      read: maybePrefixed('sha256='),
    }),
    alsoSigns: ['x-hub-signature-256'],
    answerWithinSeconds: 5,
    knownBy: '`X-Gitea-Delivery`',
    setUp: [
      'Open Settings → Webhooks → Add webhook → Gitea (or Forgejo) of the repository or the organisation.',
      'Target URL: the address of the endpoint. Method POST, content type `application/json`.',
      'Secret: the secret of the endpoint.',
      'A hub in the same network must be allowed for in `[webhook] ALLOWED_HOST_LIST`.',
    ],
    limits: [
      'Gitea signs without a secret too; such deliveries are refused, because anybody can make that signature.',
      'A failed delivery is not repeated by itself.',
    ],
    hooks: restHooks({
      permissions:
        '`write:repository` of an administrator of the repository; of an organisation `write:organization`',
      allEvents: `\`${EVENTS.join('`, `')}\``,
      place: (given) => given.url(`/api/v1${repositoryOrOrganisation(given)}`),
      headers,
      fields: ({ url, secret: key, events, active }, doing) => ({
        ...(doing === 'create' && { type: 'gitea' }),
        config: { url, content_type: 'json', secret: key },
        events: events.length > 0 ? events : EVENTS,
        active,
      }),
      update: 'PATCH',
      // It answers 200 to another secret, and keeps the one that it has.
      secretStays: true,
      hook: { id: (hook) => nameAt(hook, 'id'), url: ['config', 'url'] },
      list: { query: (page) => `limit=50&page=${page}` },
    }),
    deliveryId: ({ headers }) => headers.one('X-Gitea-Delivery') ?? null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function headers(given: ConnectionSettings) {
  return { authorization: `token ${given.credential('access_token')}`, accept: 'application/json' };
}

function facts({ headers, payload }: InboundDelivery): EventFacts {
  const event = headers.one('X-Gitea-Event') ?? 'unknown';
  const action = nameAt(payload, 'action');
  return {
    event,
    action,
    topic: topic(event, action, payload),
    occurredAt:
      timeAt(payload, 'pull_request', 'updated_at') ??
      timeAt(payload, 'issue', 'updated_at') ??
      timeAt(payload, 'head_commit', 'timestamp'),
    repository: nameAt(payload, 'repository', 'full_name'),
    revision: nameAt(payload, 'pull_request', 'head', 'sha') ?? nameAt(payload, 'after'),
    subject: subjectAt(
      payload,
      {
        kind: 'pull_request',
        id: ['pull_request', 'number'],
        title: ['pull_request', 'title'],
        url: ['pull_request', 'html_url'],
      },
      { kind: 'issue', id: ['issue', 'number'], title: ['issue', 'title'], url: ['issue', 'html_url'] },
      {
        kind: 'release',
        id: ['release', 'tag_name'],
        title: ['release', 'name'],
        url: ['release', 'html_url'],
      },
      { kind: 'ref', id: ['ref'], url: ['compare_url'] },
    ),
  };
}

function topic(event: string, action: string | null, payload: unknown): InboundTopic | null {
  if (event === 'push') return 'push';
  // Forgejo and newer Gitea give updates of the head a name of their own.
  if (event === 'pull_request_sync') return 'pull_request.synchronized';
  if (event !== 'pull_request') return null;
  if (action === 'closed' && at(payload, 'pull_request', 'merged') === true) return 'pull_request.merged';
  return topicOf(PULL_REQUEST, action);
}
