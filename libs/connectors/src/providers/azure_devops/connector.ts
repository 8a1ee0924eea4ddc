import type { InboundTopic } from '@signalbox/contracts';
import { basic, connectionTest } from '../../connection/connection-test';
import { requiredBaseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { fullName, subjectAt, topicOf } from '../../events/code-host';
import { basicCredentials } from '../../verify/credential';

const TOPICS: Readonly<Record<string, InboundTopic>> = {
  'git.push': 'push',
  'git.pullrequest.created': 'pull_request.opened',
  'git.pullrequest.updated': 'pull_request.synchronized',
};
const ENDED: Readonly<Record<string, InboundTopic>> = {
  completed: 'pull_request.merged',
  abandoned: 'pull_request.closed',
};

export const azureDevops = {
  id: 'azure_devops',
  title: 'Azure DevOps',
  type: 'PROJECT_MANAGEMENT',
  kind: 'api_client',
  hosts: ['dev.azure.com', 'visualstudio.com'],
  documentation: 'https://learn.microsoft.com/azure/devops/service-hooks/services/webhooks',
  configuration: settings({ ...requiredBaseUrl('https://dev.azure.com/example'), project: text('Project') }, [
    'base_url',
  ]),
  credentials: settings({ access_token: secret('Personal access token') }, ['access_token']),
  test: connectionTest({
    // With a wrong token it answers 203 and a page to sign in.
    request: (given) => ({
      method: 'GET',
      url: given.url('/_apis/projects?$top=1&api-version=7.1'),
      headers: basic('', given.credential('access_token')),
    }),
  }),
  webhook: {
    scheme: basicCredentials('HTTP Basic; the secret is the password, or `user:password`'),
    answerWithinSeconds: null,
    knownBy: 'the `id` of the event',
    setUp: [
      'Project settings → Service hooks → Create subscription → Web Hooks. Choose the event.',
      'URL: the address of the endpoint, which must be https.',
      'Basic authentication password: the secret of the endpoint. Any user name.',
    ],
    limits: [
      'The password proves who sends and nothing of what is sent.',
      'A subscription that keeps failing is put on probation by Azure DevOps.',
      'An update of a pull request counts as a moved head: the event does not tell.',
    ],
    deliveryId: ({ payload }) => nameAt(payload, 'id'),
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function facts({ payload }: InboundDelivery): EventFacts {
  const event = nameAt(payload, 'eventType') ?? 'unknown';
  return {
    event,
    topic: topic(event, payload),
    occurredAt: timeAt(payload, 'createdDate'),
    repository: fullName(
      nameAt(payload, 'resource', 'repository', 'project', 'name'),
      nameAt(payload, 'resource', 'repository', 'name'),
    ),
    revision:
      nameAt(payload, 'resource', 'lastMergeSourceCommit', 'commitId') ??
      nameAt(payload, 'resource', 'refUpdates', 0, 'newObjectId'),
    subject: subjectAt(
      payload,
      {
        kind: 'pull_request',
        id: ['resource', 'pullRequestId'],
        title: ['resource', 'title'],
        url: ['resource', '_links', 'web', 'href'],
      },
      { kind: 'ref', id: ['resource', 'refUpdates', 0, 'name'] },
      { kind: 'work_item', id: ['resource', 'workItemId'], title: ['message', 'text'] },
      {
        kind: 'work_item',
        id: ['resource', 'fields', 'System.Id'],
        title: ['resource', 'fields', 'System.Title'],
      },
      {
        kind: event.startsWith('workitem.') ? 'work_item' : 'resource',
        id: ['resource', 'id'],
        title: ['message', 'text'],
      },
    ),
  };
}

function topic(event: string, payload: unknown): InboundTopic | null {
  if (event === 'git.pullrequest.updated') {
    const ended = topicOf(ENDED, nameAt(payload, 'resource', 'status'));
    if (ended !== null) return ended;
  }
  return topicOf(TOPICS, event);
}
