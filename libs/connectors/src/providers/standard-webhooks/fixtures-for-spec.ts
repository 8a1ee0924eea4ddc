import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { asJson, type ConnectorFixtures, type Signer } from '../../conformance/fixture-for-spec';

const ID = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;

function standard(): Signer {
  const secret = newSecret();
  return {
    secret,
    sign: ({ body, seconds }) => ({
      headers: {
        'webhook-id': ID,
        'webhook-timestamp': String(seconds),
        'webhook-signature': new Webhook(secret).sign(ID, new Date(seconds * 1000), body),
      },
    }),
  };
}

function svix(): Signer {
  const secret = newSecret();
  return {
    secret,
    sign: ({ body, seconds }) => ({
      headers: {
        'svix-id': ID,
        'svix-timestamp': String(seconds),
        'svix-signature': new SvixWebhook(secret).sign(ID, new Date(seconds * 1000), body),
      },
    }),
  };
}

function asymmetric(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    secret: `whpk_${raw.toString('base64')}`,
    publicKey: true,
    sign: ({ body, seconds }) => ({
      headers: {
        'webhook-id': ID,
        'webhook-timestamp': String(seconds),
        'webhook-signature': `v1a,${sign(
          null,
          Buffer.concat([Buffer.from(`${ID}.${seconds}.`), body]),
          privateKey,
        ).toString('base64')}`,
      },
    }),
  };
}

const body = asJson({
  type: 'contact.created',
  timestamp: '2022-11-03T20:26:10.344522Z',
  data: { id: '1f81eb52-5198-4599-803e-771906343485', type: 'contact' },
});
const expected = {
  deliveryId: ID,
  events: [{ event: 'contact.created', occurred_at: '2022-11-03T20:26:10.344Z' }],
  types: ['standard_webhooks.contact.created'],
};

export const fixtures: ConnectorFixtures = {
  configuration: {},
  credentials: {},
  webhooks: [
    { name: 'an event', signer: standard, body, expected },
    { name: 'an event of Svix', signer: svix, body, expected },
    { name: 'an event signed with a private key', signer: asymmetric, body, expected },
  ],
};
