import { constantTimeEqual, sha256Hex } from '@signalbox/security';
import { accountOf, basic, connectionTest } from '../../connection/connection-test';
import { baseUrl, secret, settings, text } from '../../connection/schemas';
import type { Connector, EventFacts } from '../../connector';
import { clean, LONGEST_NAME, nameAt } from '../../delivery/fields';
import type { InboundDelivery } from '../../delivery/inbound-delivery';
import { hmacScheme } from '../../verify/hmac';

const API = 'https://api.twilio.com';
const BODY_HASH = 'bodySHA256';

export const twilio = {
  id: 'twilio',
  title: 'Twilio',
  type: 'SMS_PROVIDER',
  kind: 'api_client',
  hosts: ['twilio.com'],
  documentation: 'https://www.twilio.com/docs/usage/webhooks/webhooks-security',
  configuration: settings({ ...baseUrl(API), default_from_number: text('Number to send from') }),
  credentials: settings({ account_sid: text('Account SID, AC…'), auth_token: secret('Auth token') }, [
    'account_sid',
    'auth_token',
  ]),
  test: connectionTest({
    request: (given) => {
      const sid = given.credential('account_sid');
      return {
        method: 'GET',
        url: given.url(`/2010-04-01/Accounts/${encodeURIComponent(sid)}.json`, API),
        headers: basic(sid, given.credential('auth_token')),
      };
    },
    account: accountOf({ id: ['sid'], name: ['friendly_name'], status: ['status'] }),
  }),
  webhook: {
    scheme: hmacScheme({
      summary:
        'HMAC-SHA1 (base64) of the public URL and the sorted form fields; of other bodies the URL holds the `bodySHA256`',
      header: 'X-Twilio-Signature',
      algorithm: 'sha1',
      encodings: ['base64'],
      messages: signed,
    }),
    answerWithinSeconds: 15,
    knownBy: 'SID and status together, and the number of a progress event',
    setUp: [
      'Phone Numbers → the number → Messaging (or Voice) → webhook, or the `StatusCallback` of a message: the address of the endpoint, method POST.',
      'The secret of the endpoint is the Auth Token of the account.',
      'The hub must know its public address (`PUBLIC_URL`) exactly as Twilio calls it: it is signed.',
    ],
    limits: [
      'The time of sending is not signed. A repeated delivery is known by its SID and status.',
      'Twilio does not repeat by default; `#rc=` in the URL asks for it.',
    ],
    deliveryId,
    events: (delivery) => [facts(delivery)],
  },
} as const satisfies Connector;

/** Twilio signs the URL with or without its default port, whichever way it was written down there. */
function signed(delivery: InboundDelivery): readonly (readonly string[])[] {
  const fields = signedFields(delivery);
  return fields === undefined ? [] : withAndWithoutPort(delivery.url).map((url) => [url, fields]);
}

/** What follows the URL. Undefined where nothing would vouch for the body. */
function signedFields(delivery: InboundDelivery): string | undefined {
  const hash = delivery.queryParameter(BODY_HASH);
  if (hash !== undefined)
    return constantTimeEqual(hash.toLowerCase(), sha256Hex(delivery.body)) ? '' : undefined;
  if (delivery.form !== undefined) {
    return [...delivery.form]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, values]) => [...new Set(values)].sort().map((value) => name + value))
      .flat()
      .join('');
  }
  return delivery.body.length === 0 ? '' : undefined;
}

function withAndWithoutPort(url: string): readonly string[] {
  const start = url.indexOf('://') + 3;
  const slash = url.indexOf('/', start);
  const end = slash < 0 ? url.length : slash;
  const authority = url.slice(start, end);
  const port = /:\d{1,5}$/.exec(authority)?.[0];
  const host = port === undefined ? authority : authority.slice(0, -port.length);
  const standard = url.startsWith('https:') ? ':443' : ':80';
  const forms = [host, host + (port ?? standard)];
  return forms.map((form) => url.slice(0, start) + form + url.slice(end));
}

/** SID and status of what may be told of, from the special to the general: a recording is of a call, whose SID comes with it. */
const KINDS: readonly (readonly [sid: string, status: string])[] = [
  ['MessageSid', 'MessageStatus'],
  ['SmsSid', 'SmsStatus'],
  ['VerificationSid', 'EventType'],
  ['TranscriptionSid', 'TranscriptionStatus'],
  ['RecordingSid', 'RecordingStatus'],
  ['ConferenceSid', 'StatusCallbackEvent'],
  ['CallSid', 'CallStatus'],
];

function field(delivery: InboundDelivery, name: string): string | null {
  return delivery.form === undefined
    ? nameAt(delivery.payload, name)
    : clean(delivery.form.get(name)?.[0], LONGEST_NAME);
}

interface Told {
  readonly sid: string;
  /** As Twilio names the SID. */
  readonly of: string;
  readonly status: string | null;
}

/** What its own status comes with; where nothing has one, whatever has a SID. A call that asks what to do may name a recording too. */
function told(delivery: InboundDelivery): Told | undefined {
  const named = KINDS.flatMap(([of, name]): Told[] => {
    const sid = field(delivery, of);
    return sid === null ? [] : [{ sid, of, status: field(delivery, name) }];
  });
  return named.find(({ status }) => status !== null) ?? named[0];
}

/**
 * A SID comes with each status once, but for progress that is numbered, and for a call that asks again and again what to do:
 * each of those requests has a token of its own.
 */
function deliveryId(delivery: InboundDelivery): string | null {
  const about = told(delivery);
  if (about === undefined) return null;
  const { sid, of, status } = about;
  const token = of === 'CallSid' ? delivery.headers.one('I-Twilio-Idempotency-Token') : undefined;
  const number = field(delivery, 'SequenceNumber') ?? token;
  return [sid, status ?? '', ...(number === undefined ? [] : [number])].join(':');
}

function facts(delivery: InboundDelivery): EventFacts {
  const about = told(delivery);
  const kind = about === undefined ? 'unknown' : about.of.slice(0, -'Sid'.length).toLowerCase();
  return {
    event: kind === 'sms' ? 'message' : kind,
    action: about?.status ?? null,
    subject: about === undefined ? null : { kind, id: about.sid, title: null, url: null },
  };
}
