import { generateKeyPairSync, sign } from 'node:crypto';
import { asJson, type ConnectorFixtures, type Signer } from '../../conformance/fixture-for-spec';

function signer(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    secret: Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex'),
    publicKey: true,
    sign: ({ body, seconds }) => ({
      headers: {
        'X-Signature-Timestamp': String(seconds),
        'X-Signature-Ed25519': sign(
          null,
          Buffer.concat([Buffer.from(String(seconds)), body]),
          privateKey,
        ).toString('hex'),
      },
    }),
  };
}

export const fixtures: ConnectorFixtures = {
  configuration: {},
  credentials: { bot_token: 'MTk4NjIyNDgzNDcxOTI1MjQ4' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://discord.com/api/v10/users/@me',
      header: ['authorization', 'Bot MTk4NjIyNDgzNDcxOTI1MjQ4'],
    },
    answer: { id: '80351110224678912', username: 'Nelly' },
    account: { id: '80351110224678912', name: 'Nelly' },
  },
  webhooks: [
    {
      name: 'an event',
      signer,
      body: asJson({
        version: 1,
        application_id: '1234560123453231555',
        type: 1,
        event: {
          type: 'APPLICATION_AUTHORIZED',
          timestamp: '2024-10-18T14:42:53.064834',
          data: {
            integration_type: 1,
            scopes: ['applications.commands'],
            user: { id: '937458', username: 'wumpus' },
          },
        },
      }),
      expected: {
        deliveryId: null,
        events: [
          { event: 'APPLICATION_AUTHORIZED', subject: { kind: 'user', id: '937458', title: 'wumpus' } },
        ],
        types: ['discord.application_authorized'],
      },
    },
    {
      name: 'a command',
      signer,
      body: asJson({
        type: 2,
        id: '786008729715212338',
        channel_id: '645027906669510667',
        data: { name: 'cards' },
      }),
      expected: {
        deliveryId: '786008729715212338',
        events: [{ event: 'interaction', action: 'application_command' }],
        types: ['discord.interaction.application_command'],
      },
    },
  ],
  handshakes: [
    {
      name: 'PING of interactions',
      signer,
      body: asJson({ id: '1', application_id: '2', type: 1, version: 1 }),
      answer: { status: 200, body: '{"type":1}' },
    },
    {
      name: 'PING of webhook events',
      signer,
      body: asJson({ version: 1, application_id: '2', type: 0 }),
      answer: { status: 204, body: '' },
    },
  ],
};
