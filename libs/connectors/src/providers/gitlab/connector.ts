import type { InboundTopic } from '@signalbox/contracts';
import { accountOf, connectionTest } from '../../connection/connection-test';
import { ConnectionError, type ConnectionSettings } from '../../connection/connection';
import { baseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt, topicOf } from '../../events/code-host';
import { restHooks, segmentsOf } from '../../hooks/rest-hooks';
import { headerToken } from '../../verify/credential';
import { standardWebhooksScheme } from '../../verify/standard-webhooks';
import type { SignatureScheme } from '../../verify/verdict';

const HOST = 'https://gitlab.com';
const TOKEN_HEADER = 'X-Gitlab-Token';

const MERGE_REQUEST: Readonly<Record<string, InboundTopic>> = {
  open: 'pull_request.opened',
  reopen: 'pull_request.reopened',
  update: 'pull_request.updated',
  merge: 'pull_request.merged',
  close: 'pull_request.closed',
};

const token = headerToken(TOKEN_HEADER, '');

/** A hook of GitLab has a secret token, or a signing token, or both; the endpoint may know either. */
const scheme: SignatureScheme = {
  ...token,
  summary:
    'The secret itself; with a signing token, which newer versions have, Standard Webhooks (`webhook-signature`), and then 300 s',
  verify(delivery, context) {
    const signed = delivery.headers.all('webhook-signature').length > 0;
    if (!signed) return token.verify(delivery, context);
    const verdict = standardWebhooksScheme.verify(delivery, context);
    const conclusive = verdict.verified || verdict.reason !== 'mismatch';
    return conclusive || delivery.headers.all(TOKEN_HEADER).length === 0
      ? verdict
      : token.verify(delivery, context);
  },
};

/** What a hook of a project may be told of, as the API names its switches. */
const EVENTS = [
  'push_events',
  'tag_push_events',
  'issues_events',
  'confidential_issues_events',
  'note_events',
  'confidential_note_events',
  'merge_requests_events',
  'job_events',
  'pipeline_events',
  'wiki_page_events',
  'deployment_events',
  'releases_events',
  'feature_flag_events',
];

export const gitlab = {
  id: 'gitlab',
  title: 'GitLab',
  type: 'CODE_REPOSITORY',
  kind: 'oauth',
  hosts: ['gitlab.com'],
  documentation: 'https://docs.gitlab.com/user/project/integrations/webhooks/',
  configuration: settings({ ...baseUrl(HOST), repository: text('Project, group/name') }),
  credentials: settings({ access_token: secret('Access token') }, ['access_token']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/api/v4/user', HOST),
      headers: headers(given),
    }),
    account: accountOf({ login: ['username'], name: ['name'], email: ['email'], url: ['web_url'] }),
  }),
  webhook: {
    scheme,
    answerWithinSeconds: 10,
    knownBy: '`webhook-id` where it is signed, else `Idempotency-Key`, else `X-Gitlab-Event-UUID`',
    setUp: [
      'Open Settings → Webhooks → Add new webhook of the project or the group.',
      'URL: the address of the endpoint.',
      'Secret token, or better Signing token where there is one: the secret of the endpoint. SSL verification stays on.',
    ],
    limits: [
      'The secret token proves who sends and nothing of what is sent. The signing token proves both.',
      'A webhook that keeps failing is disabled by GitLab.',
    ],
    hooks: restHooks({
      permissions: 'scope `api`, of a maintainer of the project',
      allEvents: `\`${EVENTS.join('`, `')}\``,
      place: (given) => given.url(`/api/v4/projects/${project(given)}/hooks`, HOST),
      headers,
      fields: ({ url, secret: key, events, active }) => ({
        url,
        token: key,
        enable_ssl_verification: true,
        ...switches(events, active),
      }),
      update: 'PUT',
      hook: { id: (hook) => nameAt(hook, 'id'), url: ['url'] },
      list: { query: (page) => `per_page=100&page=${page}` },
    }),
    deliveryId: ({ headers }) =>
      // GitLab gives both the same value, also when it sends again; only the one is signed.
      (headers.all('webhook-signature').length > 0 ? headers.one('webhook-id') : undefined) ??
      headers.one('Idempotency-Key') ??
      headers.one('webhook-id') ??
      headers.one('X-Gitlab-Event-UUID') ??
      null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function headers(given: ConnectionSettings) {
  return { 'private-token': given.credential('access_token'), accept: 'application/json' };
}

/** The path of a project, or its number, as one part of a path. */
function project(given: ConnectionSettings): string {
  const parts = segmentsOf(given.text('repository'));
  if (parts === null) {
    throw new ConnectionError('invalid_settings', 'repository must be the path of a project, group/name');
  }
  return parts.join('%2F');
}

/** A hook of GitLab cannot be switched off, but told of nothing. */
function switches(events: readonly string[], active: boolean): Record<string, boolean> {
  const unknown = events.find((event) => !EVENTS.includes(event));
  if (unknown !== undefined) {
    throw new ConnectionError('invalid_settings', `events must be some of ${EVENTS.join(', ')}`);
  }
  const wanted = events.length > 0 ? events : EVENTS;
  return Object.fromEntries(EVENTS.map((name) => [name, active && wanted.includes(name)]));
}

function facts({ headers, payload }: InboundDelivery): EventFacts {
  const event =
    nameAt(payload, 'object_kind') ??
    nameAt(payload, 'event_name') ??
    headers.one('X-Gitlab-Event') ??
    'unknown';
  return {
    event,
    action:
      nameAt(payload, 'object_attributes', 'action') ??
      nameAt(payload, 'object_attributes', 'status') ??
      nameAt(payload, 'build_status') ??
      nameAt(payload, 'action'),
    topic: topic(event, payload),
    occurredAt:
      timeAt(payload, 'object_attributes', 'updated_at') ??
      timeAt(payload, 'object_attributes', 'created_at'),
    repository: nameAt(payload, 'project', 'path_with_namespace') ?? nameAt(payload, 'path_with_namespace'),
    revision:
      nameAt(payload, 'object_attributes', 'last_commit', 'id') ??
      nameAt(payload, 'merge_request', 'last_commit', 'id') ??
      nameAt(payload, 'checkout_sha') ??
      nameAt(payload, 'after'),
    subject:
      event === 'merge_request' || event === 'issue' || event === 'work_item'
        ? subjectAt(payload, {
            kind: event === 'merge_request' ? 'pull_request' : 'issue',
            id: ['object_attributes', 'iid'],
            title: ['object_attributes', 'title'],
            url: ['object_attributes', 'url'],
          })
        : subjectAt(
            payload,
            {
              kind: 'pull_request',
              id: ['merge_request', 'iid'],
              title: ['merge_request', 'title'],
              url: ['merge_request', 'url'],
            },
            { kind: 'issue', id: ['issue', 'iid'], title: ['issue', 'title'], url: ['issue', 'url'] },
            { kind: event, id: ['object_attributes', 'id'], url: ['object_attributes', 'url'] },
            { kind: 'ref', id: ['ref'] },
          ),
  };
}

function topic(event: string, payload: unknown): InboundTopic | null {
  if (event === 'push') return 'push';
  if (event !== 'merge_request') return null;
  const action = nameAt(payload, 'object_attributes', 'action');
  // Only an update that moved the head says where it was before.
  if (action === 'update' && nameAt(payload, 'object_attributes', 'oldrev') !== null) {
    return 'pull_request.synchronized';
  }
  return topicOf(MERGE_REQUEST, action);
}
