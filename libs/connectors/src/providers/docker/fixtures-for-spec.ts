import { sha256Hex } from '@signalbox/security';
import {
  asJson,
  randomSecret,
  type ConnectorFixtures,
  type Signer,
} from '../../conformance/fixture-for-spec';

function header(): Signer {
  const secret = randomSecret();
  return { secret, sign: () => ({ headers: { Authorization: `Bearer ${secret}` } }) };
}

function url(): Signer {
  const secret = randomSecret();
  return { secret, sign: () => ({ headers: {}, token: secret }) };
}

const DIGEST = 'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf';

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://registry.example.com' },
  credentials: { username: 'hub', password: 'pass0123' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://registry.example.com/v2/',
      header: ['authorization', 'Basic aHViOnBhc3MwMTIz'],
    },
    answer: {},
    account: {},
  },
  webhooks: [
    {
      name: 'a push to a registry: a layer and the manifest',
      signer: header,
      body: asJson({
        events: [
          {
            id: '320678d8-ca14-430f-8bb6-4ca139cd83f7',
            timestamp: '2016-03-09T14:44:26.402973972-08:00',
            action: 'push',
            target: {
              mediaType: 'application/octet-stream',
              digest: 'sha256:1f6a1d3f2c7f7a0e2a0c6c2a5f2b7e0b',
              repository: 'hello-world',
            },
          },
          {
            id: '6df24a34-0959-4923-81ca-14f09767db19',
            timestamp: '2016-03-09T14:44:27Z',
            action: 'push',
            target: {
              mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
              size: 708,
              digest: DIGEST,
              repository: 'hello-world',
              tag: 'latest',
            },
          },
        ],
      }),
      headers: { 'Content-Type': 'application/vnd.docker.distribution.events.v1+json' },
      expected: {
        deliveryId: sha256Hex('320678d8-ca14-430f-8bb6-4ca139cd83f7\n6df24a34-0959-4923-81ca-14f09767db19'),
        events: [
          {
            event: 'blob',
            action: 'push',
            occurred_at: '2016-03-09T22:44:26.402Z',
            repository: 'hello-world',
            subject: { kind: 'blob', id: 'sha256:1f6a1d3f2c7f7a0e2a0c6c2a5f2b7e0b' },
          },
          { event: 'image', action: 'push', revision: DIGEST, subject: { kind: 'image', id: 'latest' } },
        ],
        types: ['docker.blob.push', 'docker.image.push'],
      },
    },
    {
      name: 'a tag of a registry that goes with its image',
      signer: header,
      body: asJson({
        events: [
          {
            id: 'f75cbe79-c782-4537-b481-d856757a6ac7',
            timestamp: '2026-11-21T21:15:09.717479806Z',
            action: 'delete',
            target: { repository: 'hello-world', tag: '1.0' },
          },
        ],
      }),
      headers: { 'Content-Type': 'application/vnd.docker.distribution.events.v1+json' },
      expected: {
        deliveryId: sha256Hex('f75cbe79-c782-4537-b481-d856757a6ac7'),
        events: [
          {
            event: 'image',
            action: 'delete',
            repository: 'hello-world',
            revision: null,
            subject: { kind: 'image', id: '1.0' },
          },
        ],
        types: ['docker.image.delete'],
      },
    },
    {
      name: 'a push to Docker Hub',
      signer: url,
      body: asJson({
        callback_url:
          'https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/',
        push_data: { pushed_at: 1417566161, pusher: 'trustedbuilder', tag: 'latest' },
        repository: { name: 'testhook', repo_name: 'svendowideit/testhook' },
      }),
      expected: {
        deliveryId: null,
        events: [
          {
            event: 'image',
            action: 'push',
            occurred_at: '2014-12-03T00:22:41.000Z',
            repository: 'svendowideit/testhook',
            subject: { kind: 'image', id: 'latest' },
          },
        ],
        types: ['docker.image.push'],
      },
    },
  ],
};
