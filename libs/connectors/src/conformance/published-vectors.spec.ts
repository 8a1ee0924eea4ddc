import { EventWebhook } from '@sendgrid/eventwebhook';
import { verifyKey } from 'discord-interactions';
import twilioLibrary from 'twilio';
import { InboundDelivery } from '../delivery/inbound-delivery';
import { InboundHeaders } from '../delivery/inbound-headers';
import { bitbucket } from '../providers/bitbucket/connector';
import { fixtures as discordFixtures } from '../providers/discord/fixtures-for-spec';
import { github } from '../providers/github/connector';
import { jira } from '../providers/jira/connector';
import { sendgrid } from '../providers/sendgrid/connector';
import { fixtures as sendgridFixtures } from '../providers/sendgrid/fixtures-for-spec';
import { slack } from '../providers/slack/connector';
import { standardWebhooks } from '../providers/standard-webhooks/connector';
import { twilio } from '../providers/twilio/connector';
import type { SignatureScheme } from '../verify/verdict';
import { draft, FORM_TYPE, type ConnectorFixtures } from './fixture-for-spec';

interface Vector {
  readonly scheme: SignatureScheme;
  readonly secret: string;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly nowSeconds?: number;
}

/** As the providers' manuals print them. */
const VECTORS: readonly [name: string, vector: Vector][] = [
  [
    'GitHub',
    {
      scheme: github.webhook.scheme,
      secret: "It's a Secret to Everybody",
      headers: {
        'X-Hub-Signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      },
      body: 'Hello, World!',
    },
  ],
  ...[bitbucket, jira].map(({ title, webhook }): [string, Vector] => [
    title,
    {
      scheme: webhook.scheme,
      secret: "It's a Secret to Everybody",
      headers: {
        'X-Hub-Signature': 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9',
      },
      body: 'Hello World!',
    },
  ]),
  [
    'Slack',
    {
      scheme: slack.webhook.scheme,
      secret: '8f742231b10e8888abcd99yyyzzz85a5',
      headers: {
        'X-Slack-Request-Timestamp': '1531420618',
        'X-Slack-Signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      },
      body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
      nowSeconds: 1531420700,
    },
  ],
  [
    'Standard Webhooks',
    {
      scheme: standardWebhooks.webhook.scheme,
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      headers: {
        'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        'webhook-timestamp': '1614265330',
        'webhook-signature':
          'v2,x v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
      body: '{"test": 2432232314}',
      nowSeconds: 1614265330,
    },
  ],
  [
    'Twilio',
    {
      scheme: twilio.webhook.scheme,
      secret: '12345',
      url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
      headers: { 'Content-Type': FORM_TYPE, 'X-Twilio-Signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
      body: 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212',
    },
  ],
  [
    'SendGrid',
    {
      scheme: sendgrid.webhook.scheme,
      secret:
        'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
      headers: {
        'X-Twilio-Email-Event-Webhook-Timestamp': '1600112502',
        'X-Twilio-Email-Event-Webhook-Signature':
          'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
      },
      body: '[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n',
      nowSeconds: 1600112510,
    },
  ],
];

it.each(VECTORS)('the example of %s verifies', (_, { scheme, secret, url, headers, body, nowSeconds }) => {
  const delivery = new InboundDelivery({
    method: 'POST',
    url: url ?? 'https://hub.example.com/',
    headers: InboundHeaders.from(headers),
    body: Buffer.from(body),
  });
  expect(scheme.verify(delivery, { secrets: [secret], nowSeconds: nowSeconds ?? 0 })).toEqual({
    verified: true,
    secretIndex: 0,
  });
});

/** Where the provider's library only verifies, it says whether the fixtures are signed as the provider signs. */
describe('the signers of the fixtures convince the library of', () => {
  async function sent({ webhooks = [] }: ConnectorFixtures, seconds = 1_780_000_000) {
    const [fixture] = webhooks;
    if (fixture === undefined) throw new Error('no fixture');
    const signer = fixture.signer();
    const { body, headers } = await draft(fixture, signer, seconds);
    const all = InboundHeaders.from(Object.fromEntries(headers));
    return { secret: signer.secret, body, header: (name: string) => all.one(name) ?? '' };
  }

  it('SendGrid', async () => {
    const { secret, body, header } = await sent(sendgridFixtures);
    const library = new EventWebhook();
    const verified = library.verifySignature(
      library.convertPublicKeyToECDSA(secret),
      body,
      header('X-Twilio-Email-Event-Webhook-Signature'),
      header('X-Twilio-Email-Event-Webhook-Timestamp'),
    );
    expect(verified).toBe(true);
  });

  it('Discord', async () => {
    const { secret, body, header } = await sent(discordFixtures);
    const signature = header('X-Signature-Ed25519');
    expect(await verifyKey(body.toString(), signature, header('X-Signature-Timestamp'), secret)).toBe(true);
  });
});

describe('the URL that Twilio signs', () => {
  const URLS = [
    'https://hub.example.com/hook',
    'https://hub.example.com:443/hook',
    'https://hub.example.com:8443/hook?a=1',
    'http://hub.example.com/hook',
    'https://[2001:db8::1]/hook',
  ];

  it.each(URLS)('may have its port or not: %s', (url) => {
    const secret = 'token';
    const plain = url.replace(/^(https?:\/\/(?:\[[^\]]*\]|[^/:]+))(:\d+)?/, '$1');
    for (const signed of [url, plain]) {
      const headers = {
        'Content-Type': FORM_TYPE,
        'X-Twilio-Signature': twilioLibrary.getExpectedTwilioSignature(secret, signed, { MessageSid: 'SM1' }),
      };
      const delivery = new InboundDelivery({
        method: 'POST',
        url,
        headers: InboundHeaders.from(headers),
        body: Buffer.from('MessageSid=SM1'),
      });
      expect(twilio.webhook.scheme.verify(delivery, { secrets: [secret], nowSeconds: 0 }).verified).toBe(
        true,
      );
      const lib = twilioLibrary.validateRequest(secret, headers['X-Twilio-Signature'], url, {
        MessageSid: 'SM1',
      });
      expect(lib).toBe(true);
    }
  });

  it('does not vouch for a body that it does not mention', () => {
    const url = 'https://hub.example.com/hook';
    const headers = {
      'Content-Type': 'application/json',
      'X-Twilio-Signature': twilioLibrary.getExpectedTwilioSignature('token', url, {}),
    };
    const of = (body: string) =>
      new InboundDelivery({
        method: 'POST',
        url,
        headers: InboundHeaders.from(headers),
        body: Buffer.from(body),
      });
    const verify = (body: string) =>
      twilio.webhook.scheme.verify(of(body), { secrets: ['token'], nowSeconds: 0 });
    expect(verify('')).toMatchObject({ verified: true });
    expect(verify('{"MessageSid":"SM1"}')).toEqual({ verified: false, reason: 'mismatch' });
  });
});
