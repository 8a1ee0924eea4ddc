import type { InboundTopic } from '@signalbox/contracts';
import { accountOf, basic, bearer, connectionTest } from '../../connection/connection-test';
import { ConnectionError, type ConnectionSettings } from '../../connection/connection';
import { baseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { at, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { fullName, subjectAt, topicOf } from '../../events/code-host';
import { restHooks, segmentsOf } from '../../hooks/rest-hooks';
import { hmacScheme, prefixed } from '../../verify/hmac';

const API = 'https://api.bitbucket.org/2.0';

/** Of Bitbucket Cloud, then of Bitbucket Data Center. */
const TOPICS: Readonly<Record<string, InboundTopic>> = {
  'repo:push': 'push',
  'pullrequest:created': 'pull_request.opened',
  'pullrequest:updated': 'pull_request.synchronized',
  'pullrequest:fulfilled': 'pull_request.merged',
  'pullrequest:rejected': 'pull_request.closed',
  'repo:refs_changed': 'push',
  'pr:opened': 'pull_request.opened',
  'pr:from_ref_updated': 'pull_request.synchronized',
  'pr:modified': 'pull_request.updated',
  'pr:merged': 'pull_request.merged',
  'pr:declined': 'pull_request.closed',
};

/** What a token for a repository and its pull requests may be told of. */
const EVENTS = [
  'repo:push',
  'pullrequest:created',
  'pullrequest:updated',
  'pullrequest:approved',
  'pullrequest:unapproved',
  'pullrequest:fulfilled',
  'pullrequest:rejected',
  'pullrequest:comment_created',
  'pullrequest:comment_updated',
  'pullrequest:comment_deleted',
];

export const bitbucket = {
  id: 'bitbucket',
  title: 'Bitbucket',
  type: 'CODE_REPOSITORY',
  kind: 'oauth',
  hosts: ['bitbucket.org'],
  documentation: 'https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/',
  configuration: settings({ ...baseUrl(API), repository: text('Repository, workspace/name') }),
  credentials: settings(
    {
      access_token: secret('Access token, or API token'),
      email: text('E-mail address that an API token belongs to'),
    },
    ['access_token'],
  ),
  test: connectionTest({
    request: (given) => ({ method: 'GET', url: given.url('/user', API), headers: headers(given) }),
    account: accountOf({ login: ['username'], name: ['display_name'], url: ['links', 'html', 'href'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: '`sha256=` and HMAC-SHA256 (hex) of the body',
      header: 'X-Hub-Signature',
      encodings: ['hex'],
      read: prefixed('sha256='),
    }),
    answerWithinSeconds: 10,
    knownBy: '`X-Request-UUID`; of Bitbucket Data Center `X-Request-Id`',
    setUp: [
      'Open Repository settings → Webhooks → Add webhook.',
      'URL: the address of the endpoint. Secret: the secret of the endpoint.',
      'Choose the triggers. Certificate checks stay on.',
    ],
    limits: [
      'Without a secret Bitbucket does not sign, and its deliveries are refused.',
      'The time of sending is not signed. A repeated delivery is known by its id.',
    ],
    hooks: restHooks({
      permissions: '`webhook`, and `repository` and `pullrequest` for the events; of Bitbucket Cloud only',
      allEvents: `\`${EVENTS.join('`, `')}\``,
      place: (given) => given.url(`/repositories/${repository(given)}/hooks`, API),
      headers,
      fields: ({ url, secret: key, events, active }) => ({
        description: 'Signalbox',
        url,
        secret: key,
        events: events.length > 0 ? events : EVENTS,
        active,
      }),
      update: 'PUT',
      hook: { id: (hook) => nameAt(hook, 'uuid'), url: ['url'] },
      list: {
        items: ['values'],
        query: (page) => `pagelen=100&page=${page}`,
        more: (answer) => at(answer, 'next') !== undefined,
      },
    }),
    deliveryId: ({ headers }) => headers.one('X-Request-UUID') ?? headers.one('X-Request-Id') ?? null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function headers(given: ConnectionSettings) {
  const token = given.credential('access_token');
  const email = given.optionalCredential('email');
  return email === undefined ? bearer(token) : basic(email, token);
}

function repository(given: ConnectionSettings): string {
  const parts = segmentsOf(given.text('repository'));
  if (parts?.length !== 2) {
    throw new ConnectionError('invalid_settings', 'repository must be workspace/name');
  }
  return parts.join('/');
}

function facts({ headers, payload }: InboundDelivery): EventFacts {
  const key = headers.one('X-Event-Key') ?? 'unknown';
  const colon = key.indexOf(':');
  return {
    event: colon < 0 ? key : key.slice(0, colon),
    action: colon < 0 ? null : key.slice(colon + 1),
    topic: topicOf(TOPICS, key),
    occurredAt: timeAt(payload, 'pullrequest', 'updated_on') ?? timeAt(payload, 'date'),
    repository:
      nameAt(payload, 'repository', 'full_name') ??
      ownName(payload, 'repository') ??
      ownName(payload, 'pullRequest', 'toRef', 'repository'),
    revision:
      nameAt(payload, 'pullrequest', 'source', 'commit', 'hash') ??
      nameAt(payload, 'pullRequest', 'fromRef', 'latestCommit') ??
      nameAt(payload, 'push', 'changes', 0, 'new', 'target', 'hash') ??
      nameAt(payload, 'changes', 0, 'toHash'),
    subject: subjectAt(
      payload,
      {
        kind: 'pull_request',
        id: ['pullrequest', 'id'],
        title: ['pullrequest', 'title'],
        url: ['pullrequest', 'links', 'html', 'href'],
      },
      {
        kind: 'pull_request',
        id: ['pullRequest', 'id'],
        title: ['pullRequest', 'title'],
        url: ['pullRequest', 'links', 'self', 0, 'href'],
      },
      {
        kind: 'issue',
        id: ['issue', 'id'],
        title: ['issue', 'title'],
        url: ['issue', 'links', 'html', 'href'],
      },
      { kind: 'ref', id: ['push', 'changes', 0, 'new', 'name'] },
      { kind: 'ref', id: ['changes', 0, 'ref', 'displayId'] },
    ),
  };
}

/** The full name as Data Center has it. */
function ownName(payload: unknown, ...path: readonly string[]): string | null {
  return fullName(nameAt(payload, ...path, 'project', 'key'), nameAt(payload, ...path, 'slug'));
}
