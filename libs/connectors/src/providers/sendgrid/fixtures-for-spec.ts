import { generateKeyPairSync, sign } from 'node:crypto';
import { sha256Hex } from '@signalbox/security';
import { asJson, type ConnectorFixtures, type Signer } from '../../conformance/fixture-for-spec';

function signer(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    secret: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    publicKey: true,
    sign: ({ body, seconds }) => ({
      headers: {
        'X-Twilio-Email-Event-Webhook-Timestamp': String(seconds),
        'X-Twilio-Email-Event-Webhook-Signature': sign(
          'sha256',
          Buffer.concat([Buffer.from(String(seconds)), body]),
          privateKey,
        ).toString('base64'),
      },
    }),
  };
}

export const fixtures: ConnectorFixtures = {
  configuration: {},
  credentials: { api_key: 'SG.0123456789' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://api.sendgrid.com/v3/scopes',
      header: ['authorization', 'Bearer SG.0123456789'],
    },
    answer: { scopes: ['mail.send'] },
    account: {},
  },
  webhooks: [
    {
      name: 'a batch',
      signer,
      body: `${asJson([
        {
          email: 'example@test.com',
          timestamp: 1669651200,
          'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
          event: 'delivered',
          sg_event_id: 'ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA',
          sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
        },
        {
          email: 'other@test.com',
          timestamp: 1669651201,
          event: 'bounce',
          type: 'blocked',
          sg_event_id: 'Ym91bmNlLTEwOTk0OTE5',
          sg_message_id: '14c5d75ce93.dfd.64b470.filter0001.16648.5515E0B88.0',
        },
      ])}\r\n`,
      expected: {
        deliveryId: sha256Hex('ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\nYm91bmNlLTEwOTk0OTE5'),
        events: [
          {
            event: 'delivered',
            occurred_at: '2022-11-28T16:00:00.000Z',
            subject: { kind: 'message', id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0' },
          },
          { part: 1, event: 'bounce', action: 'blocked' },
        ],
        types: ['sendgrid.delivered', 'sendgrid.bounce.blocked'],
      },
    },
  ],
};
