import { accountOf, bearer, connectionTest } from '../../connection/connection-test';
import { baseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts, HandshakeAnswer } from '../../connector';
import { at, clean, LONGEST_NAME, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { hmacScheme, prefixed } from '../../verify/hmac';
import { unixSeconds } from '../../verify/verdict';

const API = 'https://slack.com';

export const slack = {
  id: 'slack',
  title: 'Slack',
  type: 'COMMUNICATION',
  kind: 'webhook',
  hosts: ['slack.com'],
  documentation: 'https://docs.slack.dev/apis/events-api/',
  configuration: settings({ ...baseUrl(API), channel: text('Channel') }),
  credentials: settings({ access_token: secret('Bot or user token, xoxb-…') }, ['access_token']),
  test: connectionTest({
    request: (given) => ({
      method: 'POST',
      url: given.url('/api/auth.test', API),
      headers: bearer(given.credential('access_token')),
    }),
    refuses: (answer) => at(answer, 'ok') !== true,
    account: accountOf({ name: ['team'], user: ['user'], url: ['url'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary: '`v0=` and HMAC-SHA256 (hex) of `v0:timestamp:body`',
      header: 'X-Slack-Signature',
      encodings: ['hex'],
      read: prefixed('v0='),
      timestampHeader: 'X-Slack-Request-Timestamp',
      messages: ({ body }, timestamp) => [[`v0:${timestamp}:`, body]],
      freshness: { toleranceSeconds: 300, sentAt: (_, timestamp) => unixSeconds(timestamp) },
    }),
    answerWithinSeconds: 3,
    knownBy: 'the `event_id`; commands and interactions by their `trigger_id`',
    setUp: [
      'Create an app at api.slack.com/apps and copy its Signing Secret to the endpoint first: Slack makes it, it cannot be chosen.',
      'Event Subscriptions → Enable Events → Request URL: the address of the endpoint. The hub answers the check by itself.',
      'Subscribe to the events, and install the app in the workspace.',
    ],
    limits: [
      'Must be answered within 3 s. Failed deliveries are repeated three times within an hour.',
      'A command or an interaction is stored as an event; the hub sends nothing back to the conversation.',
    ],
    deliveryId: ({ payload, form }) =>
      nameAt(payload, 'event_id') ??
      nameAt(payload, 'trigger_id') ??
      clean(form?.get('trigger_id')?.[0], LONGEST_NAME),
    events: (delivery) => [facts(delivery)],
    handshake,
  },
} as const satisfies Connector;

const LONGEST_CHALLENGE = 1024;

function handshake({ payload, form }: InboundDelivery): HandshakeAnswer | undefined {
  if (form?.get('ssl_check')?.[0] === '1') return { status: 200, headers: {}, body: '' };
  if (at(payload, 'type') !== 'url_verification') return undefined;
  const challenge = at(payload, 'challenge');
  if (typeof challenge !== 'string' || challenge.length > LONGEST_CHALLENGE) return undefined;
  return {
    status: 200,
    // Nothing that a browser would take for a page.
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: challenge,
  };
}

function facts({ payload, form }: InboundDelivery): EventFacts {
  const command = clean(form?.get('command')?.[0], LONGEST_NAME);
  if (command !== null) return { event: 'slash_command', action: command };
  return {
    event: nameAt(payload, 'event', 'type') ?? nameAt(payload, 'type') ?? 'unknown',
    action: nameAt(payload, 'event', 'subtype'),
    occurredAt: timeAt(payload, 'event_time'),
    subject: subjectAt(
      payload,
      { kind: 'channel', id: ['event', 'channel'] },
      { kind: 'channel', id: ['event', 'channel', 'id'], title: ['event', 'channel', 'name'] },
      { kind: 'channel', id: ['event', 'item', 'channel'] },
      { kind: 'channel', id: ['channel', 'id'], title: ['channel', 'name'] },
      { kind: 'team', id: ['team_id'] },
    ),
  };
}
