import { accountOf, basic, connectionTest } from '../../connection/connection-test';
import { requiredBaseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { at, nameAt, timeAt, urlAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { bearerOrUrlToken } from '../../verify/credential';

export const jenkins = {
  id: 'jenkins',
  title: 'Jenkins',
  type: 'CI_CD',
  kind: 'api_client',
  hosts: [],
  documentation: 'https://plugins.jenkins.io/notification/',
  configuration: settings({ ...requiredBaseUrl('https://jenkins.example.com'), job_name: text('Job') }, [
    'base_url',
  ]),
  credentials: settings({ username: text('User name'), api_token: secret('API token') }, [
    'username',
    'api_token',
  ]),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/whoAmI/api/json'),
      headers: basic(given.credential('username'), given.credential('api_token')),
    }),
    refuses: (answer) => at(answer, 'authenticated') !== true || at(answer, 'anonymous') === true,
    account: accountOf({ name: ['name'] }),
  }),
  webhook: {
    scheme: bearerOrUrlToken(
      '`Authorization: Bearer` and the secret, or `?token=` and the secret in the URL',
    ),
    answerWithinSeconds: 30,
    knownBy: 'nothing: Jenkins has no ids for what it sends',
    setUp: [
      'With the Notification plugin: Job → Job Notifications → Add endpoint. Format JSON, protocol HTTP, the URL is the address of the endpoint and `?token=<secret>`.',
      'From a pipeline: `httpRequest` to the address of the endpoint with the header `Authorization: Bearer <secret>`.',
    ],
    limits: [
      'Nothing is signed. The secret proves who sends and nothing of what is sent.',
      'What is sent twice is stored twice.',
    ],
    deliveryId: () => null,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

function facts({ payload }: InboundDelivery): EventFacts {
  const number = nameAt(payload, 'build', 'number');
  const job = nameAt(payload, 'display_name') ?? nameAt(payload, 'name');
  return {
    event: number === null ? 'unknown' : 'build',
    action: nameAt(payload, 'build', 'phase')?.toLowerCase() ?? null,
    occurredAt: timeAt(payload, 'build', 'timestamp'),
    revision: nameAt(payload, 'build', 'scm', 'commit'),
    subject:
      number === null
        ? null
        : {
            kind: 'build',
            id: `${job ?? 'job'} #${number}`,
            title: nameAt(payload, 'build', 'status'),
            url: urlAt(payload, 'build', 'full_url'),
          },
  };
}
