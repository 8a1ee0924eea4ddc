import {
  asJson,
  FORM_TYPE,
  hmac,
  randomSecret,
  type ConnectorFixtures,
  type Signer,
} from '../../conformance/fixture-for-spec';

function signer(): Signer {
  const secret = randomSecret();
  return {
    secret,
    sign: ({ body, seconds }) => ({
      headers: {
        'X-Slack-Request-Timestamp': String(seconds),
        'X-Slack-Signature': `v0=${hmac(secret, `v0:${seconds}:${body.toString()}`)}`,
      },
    }),
  };
}

const trigger = '398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';

export const fixtures: ConnectorFixtures = {
  configuration: { channel: '#general', webhook_url: 'https://hooks.slack.com/services/YOUR/SLACK/WEBHOOK' },
  credentials: { access_token: 'xoxb-0123456789' },
  connection: {
    request: {
      method: 'POST',
      url: 'https://slack.com/api/auth.test',
      header: ['authorization', 'Bearer xoxb-0123456789'],
    },
    answer: { ok: true, url: 'https://subarachnoid.slack.com/', team: 'Subarachnoid', user: 'bot' },
    account: { name: 'Subarachnoid', user: 'bot', url: 'https://subarachnoid.slack.com/' },
  },
  webhooks: [
    {
      name: 'a message',
      signer,
      body: asJson({
        token: 'one-long-verification-token',
        team_id: 'T061EG9R6',
        api_app_id: 'A0PNCHHK2',
        event: {
          type: 'message',
          channel: 'C024BE91L',
          user: 'U2147483697',
          text: 'Live long',
          ts: '1355517523.000005',
        },
        type: 'event_callback',
        event_id: 'Ev0PV52K21',
        event_time: 1355517523,
      }),
      headers: { 'X-Slack-Retry-Num': '1', 'X-Slack-Retry-Reason': 'http_timeout' },
      expected: {
        deliveryId: 'Ev0PV52K21',
        events: [
          {
            event: 'message',
            occurred_at: '2012-12-14T20:38:43.000Z',
            subject: { kind: 'channel', id: 'C024BE91L' },
          },
        ],
        types: ['slack.message'],
      },
    },
    {
      name: 'a command',
      signer,
      body: new URLSearchParams({ command: '/weather', text: '94070', trigger_id: trigger }).toString(),
      headers: { 'Content-Type': FORM_TYPE },
      expected: {
        deliveryId: trigger,
        events: [{ event: 'slash_command', action: '/weather' }],
        types: ['slack.slash_command.weather'],
      },
    },
    {
      name: 'an interaction',
      signer,
      body: new URLSearchParams({
        payload: asJson({
          type: 'block_actions',
          trigger_id: trigger,
          channel: { id: 'C1', name: 'general' },
        }),
      }).toString(),
      headers: { 'Content-Type': FORM_TYPE },
      expected: {
        deliveryId: trigger,
        events: [{ event: 'block_actions', subject: { kind: 'channel', id: 'C1', title: 'general' } }],
        types: ['slack.block_actions'],
      },
    },
  ],
  handshakes: [
    {
      name: 'url_verification',
      signer,
      body: asJson({
        token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl',
        challenge: '3eZbrw1aBm2rZgRNFdxV',
        type: 'url_verification',
      }),
      answer: { status: 200, body: '3eZbrw1aBm2rZgRNFdxV' },
    },
    {
      name: 'ssl_check',
      signer,
      body: 'token=gIkuvaNzQIHg97ATvDxqgjtO&ssl_check=1',
      headers: { 'Content-Type': FORM_TYPE },
      answer: { status: 200, body: '' },
    },
  ],
};
