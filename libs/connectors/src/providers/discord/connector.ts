import { accountOf, connectionTest } from '../../connection/connection-test';
import { baseUrl, secret, settings } from '../../connection/schemas';
import type { Connector, EventFacts, HandshakeAnswer } from '../../connector';
import { at, nameAt, timeAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { subjectAt } from '../../events/code-host';
import { ed25519Key, publicKeyScheme } from '../../verify/public-key';

const API = 'https://discord.com';

const INTERACTIONS: Readonly<Record<number, string>> = {
  2: 'application_command',
  3: 'message_component',
  4: 'autocomplete',
  5: 'modal_submit',
};

export const discord = {
  id: 'discord',
  title: 'Discord',
  type: 'COMMUNICATION',
  kind: 'webhook',
  hosts: ['discord.com', 'discordapp.com'],
  documentation: 'https://docs.discord.com/developers/events/webhook-events',
  configuration: settings(baseUrl(API)),
  credentials: settings({ bot_token: secret('Bot token') }, ['bot_token']),
  test: connectionTest({
    request: (given) => ({
      method: 'GET',
      url: given.url('/api/v10/users/@me', API),
      headers: { authorization: `Bot ${given.credential('bot_token')}`, accept: 'application/json' },
    }),
    account: accountOf({ id: ['id'], name: ['username'] }),
  }),
  webhook: {
    scheme: publicKeyScheme({
      summary: "Ed25519 (hex) of timestamp and body; the secret is the application's public key",
      header: 'X-Signature-Ed25519',
      encoding: 'hex',
      timestampHeader: 'X-Signature-Timestamp',
      toleranceSeconds: 300,
      digest: null,
      key: (text) => ed25519Key(Buffer.from(text, 'hex')),
    }),
    answerWithinSeconds: 3,
    knownBy: 'the `id` of an interaction; events have none',
    setUp: [
      'Developer portal → the application → General Information: copy the public key to the secret of the endpoint first.',
      'Webhooks → Endpoint (or General Information → Interactions endpoint URL): the address of the endpoint. The hub answers the check by itself.',
      'Enable events and choose them.',
    ],
    limits: [
      'Events have no id: one that Discord sends twice is stored twice.',
      'An interaction is stored as an event; the hub sends nothing back to the conversation.',
      'Failed deliveries are repeated for ten minutes.',
    ],
    deliveryId: ({ payload }) => (isEvent(payload) ? null : nameAt(payload, 'id')),
    events: (delivery) => [facts(delivery)],
    handshake,
  },
} as const satisfies Connector;

function isEvent(payload: unknown): boolean {
  return at(payload, 'event') !== undefined;
}

function handshake({ payload }: InboundDelivery): HandshakeAnswer | undefined {
  if (isEvent(payload)) return undefined;
  const type = at(payload, 'type');
  if (type === 0) return { status: 204, headers: {}, body: '' };
  if (type !== 1) return undefined;
  return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"type":1}' };
}

function facts({ payload }: InboundDelivery): EventFacts {
  if (isEvent(payload)) {
    return {
      event: nameAt(payload, 'event', 'type') ?? 'unknown',
      occurredAt: timeAt(payload, 'event', 'timestamp'),
      subject: subjectAt(
        payload,
        { kind: 'user', id: ['event', 'data', 'user', 'id'], title: ['event', 'data', 'user', 'username'] },
        { kind: 'object', id: ['event', 'data', 'id'] },
      ),
    };
  }
  const type = at(payload, 'type');
  const known = typeof type === 'number' && Object.hasOwn(INTERACTIONS, type);
  return {
    event: known ? 'interaction' : 'unknown',
    action: known ? INTERACTIONS[type] : null,
    subject: subjectAt(payload, { kind: 'channel', id: ['channel_id'] }, { kind: 'guild', id: ['guild_id'] }),
  };
}
