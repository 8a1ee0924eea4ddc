import type { InboundTopic } from '@signalbox/contracts';
import { accountOf, bearer, connectionTest } from '../../connection/connection-test';
import type { ConnectionSettings } from '../../connection/connection';
import { baseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { at, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt, topicOf } from '../../events/code-host';
import { repositoryOrOrganisation, restHooks } from '../../hooks/rest-hooks';
import { hmacScheme, prefixed } from '../../verify/hmac';

const API = 'https://api.github.com';

const PULL_REQUEST: Readonly<Record<string, InboundTopic>> = {
  opened: 'pull_request.opened',
  reopened: 'pull_request.reopened',
  synchronize: 'pull_request.synchronized',
  edited: 'pull_request.updated',
  closed: 'pull_request.closed',
};

export const github = {
  id: 'github',
  title: 'GitHub',
  type: 'CODE_REPOSITORY',
  kind: 'api_client',
  hosts: ['github.com', 'githubusercontent.com', 'ghe.com'],
  documentation: 'https://docs.github.com/en/webhooks',
  configuration: settings({
    ...baseUrl(API),
    repository: text('Repository, owner/name; an organisation alone for all of its'),
  }),
  credentials: settings({ access_token: secret('Access token') }, ['access_token']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/user', API),
      headers: headers(given),
    }),
    account: accountOf({ login: ['login'], name: ['name'], email: ['email'], url: ['html_url'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: '`sha256=` and HMAC-SHA256 (hex) of the body',
      header: 'X-Hub-Signature-256',
      encodings: ['hex'],
      read: prefixed('sha256='),
    }),
    answerWithinSeconds: 10,
    knownBy: '`X-GitHub-Delivery`, also when it is redelivered by hand',
    setUp: [
      'Open Settings → Webhooks → Add webhook of the repository or the organisation.',
      'Payload URL: the address of the endpoint. Content type: `application/json`.',
      'Secret: the secret of the endpoint. SSL verification stays on.',
    ],
    limits: [
      'GitHub does not repeat a delivery that failed by itself.',
      'Payloads are at most 25 MB; larger ones are not sent.',
      'The time of sending is not signed. A repeated delivery is known by its id.',
      '`X-Hub-Signature` (SHA-1) is ignored.',
    ],
    hooks: restHooks({
      permissions:
        'Webhooks: read and write, of the repository or the organisation; of a classic token `admin:repo_hook` or `admin:org_hook`',
      allEvents: 'everything (`*`)',
      place: (given) => given.url(repositoryOrOrganisation(given), API),
      headers,
      fields: ({ url, secret: key, events, active }, doing) => ({
        // Organisations insist on it.
        ...(doing === 'create' && { name: 'web' }),
        config: { url, content_type: 'json', secret: key, insecure_ssl: '0' },
        events: events.length > 0 ? events : ['*'],
        active,
      }),
      update: 'PATCH',
      hook: { id: (hook) => nameAt(hook, 'id'), url: ['config', 'url'] },
      list: { query: (page) => `per_page=100&page=${page}` },
    }),
    deliveryId: ({ headers }) => headers.one('X-GitHub-Delivery') ?? null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function headers(given: ConnectionSettings) {
  return {
    ...bearer(given.credential('access_token')),
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
  };
}

function facts({ headers, payload }: InboundDelivery): EventFacts {
  const event = headers.one('X-GitHub-Event') ?? 'unknown';
  const action = nameAt(payload, 'action');
  return {
    event,
    action,
    topic: topic(event, action, payload),
    occurredAt: occurredAt(event, payload),
    repository: nameAt(payload, 'repository', 'full_name'),
    revision:
      nameAt(payload, 'pull_request', 'head', 'sha') ?? (event === 'push' ? nameAt(payload, 'after') : null),
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
        kind: 'discussion',
        id: ['discussion', 'number'],
        title: ['discussion', 'title'],
        url: ['discussion', 'html_url'],
      },
      {
        kind: 'release',
        id: ['release', 'tag_name'],
        title: ['release', 'name'],
        url: ['release', 'html_url'],
      },
      {
        kind: 'workflow_run',
        id: ['workflow_run', 'id'],
        title: ['workflow_run', 'name'],
        url: ['workflow_run', 'html_url'],
      },
      { kind: 'ref', id: ['ref'], url: ['compare'] },
    ),
  };
}

function topic(event: string, action: string | null, payload: unknown): InboundTopic | null {
  if (event === 'push') return 'push';
  if (event !== 'pull_request') return null;
  if (action === 'closed' && at(payload, 'pull_request', 'merged') === true) return 'pull_request.merged';
  return topicOf(PULL_REQUEST, action);
}

function occurredAt(event: string, payload: unknown): string | null {
  return (
    timeAt(payload, 'pull_request', 'updated_at') ??
    timeAt(payload, 'issue', 'updated_at') ??
    (event === 'push' ? timeAt(payload, 'head_commit', 'timestamp') : null)
  );
}
