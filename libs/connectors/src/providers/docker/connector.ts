import { sha256Hex } from '@signalbox/security';
import { basic, connectionTest } from '../../connection/connection-test';
import { requiredBaseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { at, listAt, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { MOST_EVENTS } from '../../events/limits';
import { bearerOrUrlToken } from '../../verify/credential';

export const docker = {
  id: 'docker',
  title: 'Docker registry and Docker Hub',
  type: 'CONTAINER',
  kind: 'api_client',
  hosts: ['docker.io', 'docker.com'],
  documentation: 'https://distribution.github.io/distribution/about/notifications/',
  configuration: settings(
    { ...requiredBaseUrl('https://registry.example.com'), repository: text('Repository') },
    ['base_url'],
  ),
  credentials: settings({ username: text('User name'), password: secret('Password or access token') }),
  test: connectionTest({
    request: (given) => {
      const user = given.optionalCredential('username');
      return {
        method: 'GET',
        url: given.url('/v2/'),
        headers:
          user === undefined ? { accept: 'application/json' } : basic(user, given.credential('password')),
      };
    },
  }),
  webhook: {
    scheme: bearerOrUrlToken(
      '`Authorization: Bearer` and the secret, or `?token=` and the secret in the URL',
    ),
    answerWithinSeconds: null,
    knownBy: 'the `id`s of the events; of Docker Hub nothing',
    setUp: [
      'Registry: under `notifications.endpoints` of its configuration give the address of the endpoint as `url`, and under `headers` `Authorization: [Bearer <secret>]`.',
      'Registry: beside them give `timeout: 3s`; without it a registry waits for one second and then sends again.',
      'Docker Hub: Repository → Webhooks; the URL is the address of the endpoint and `?token=<secret>`.',
    ],
    limits: [
      'Nothing is signed. The secret proves who sends and nothing of what is sent.',
      'A registry keeps what it could not deliver in memory, and repeats it until it restarts. What is answered 401 or 404, too: everything behind it waits.',
      'Each layer is told apart from the image (`docker.blob.push`), a HEAD as a pull, and a deleted image once more for each of its tags.',
      'Of what was deleted a registry does not tell whether it was an image or a layer: both are `docker.image.delete`.',
      'Docker Hub has no ids: what it sends twice is stored twice.',
    ],
    deliveryId,
    events,
    pieces,
  },
} as const satisfies Connector;

function deliveryId(delivery: InboundDelivery): string | null {
  const ids = pieces(delivery).map((event) => nameAt(event, 'id'));
  return ids.length === 0 || ids.includes(null) ? null : sha256Hex(ids.join('\n'));
}

function pieces({ payload }: InboundDelivery): readonly unknown[] {
  return at(payload, 'push_data') === undefined ? listAt(payload, MOST_EVENTS, 'events') : [];
}

function events(delivery: InboundDelivery): readonly EventFacts[] {
  const { payload } = delivery;
  if (at(payload, 'push_data') !== undefined) return [hubFacts(payload)];
  return pieces(delivery).map((event) => {
    const digest = nameAt(event, 'target', 'digest');
    const tag = nameAt(event, 'target', 'tag');
    const kind = isManifest(nameAt(event, 'target', 'mediaType')) ? 'image' : 'blob';
    return {
      event: kind,
      action: nameAt(event, 'action'),
      occurredAt: timeAt(event, 'timestamp'),
      repository: nameAt(event, 'target', 'repository'),
      revision: digest,
      subject: subject(kind, tag ?? digest),
    };
  });
}

function hubFacts(payload: unknown): EventFacts {
  return {
    event: 'image',
    action: 'push',
    occurredAt: timeAt(payload, 'push_data', 'pushed_at'),
    repository: nameAt(payload, 'repository', 'repo_name'),
    subject: subject('image', nameAt(payload, 'push_data', 'tag')),
  };
}

/** Also of indexes, and of what is not from Docker. What was deleted has no media type, and mostly was a manifest. */
function isManifest(mediaType: string | null): boolean {
  return mediaType === null || mediaType.includes('.manifest.') || mediaType.includes('.index.');
}

function subject(kind: string, id: string | null): EventFacts['subject'] {
  return id === null ? null : { kind, id, title: null, url: null };
}
