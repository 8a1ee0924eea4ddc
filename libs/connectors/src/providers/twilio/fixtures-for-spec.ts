import twilio from 'twilio';
import { sha256Hex } from '@signalbox/security';
import {
  asJson,
  FORM_TYPE,
  randomSecret,
  type ConnectorFixtures,
  type Signer,
} from '../../conformance/fixture-for-spec';

function signer(): Signer {
  const secret = randomSecret();
  return {
    secret,
    sign: ({ body, url, contentType }) => ({
      headers: {
        'X-Twilio-Signature': twilio.getExpectedTwilioSignature(
          secret,
          url,
          contentType === FORM_TYPE ? fieldsOf(body) : {},
        ),
      },
    }),
  };
}

/** Fields that come more than once are lists, as body parsers have it. */
function fieldsOf(body: Buffer): Record<string, string | string[]> {
  const form = new URLSearchParams(body.toString());
  return Object.fromEntries(
    [...new Set(form.keys())].map((name) => {
      // Arrays of Node's own are none to the library when Jest runs it.
      const values = [...form.getAll(name)];
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

const headers = { 'Content-Type': FORM_TYPE };
const sid = 'SM1234567890abcdef1234567890abcdef';

export const fixtures: ConnectorFixtures = {
  configuration: { base_url: 'https://api.twilio.com', default_from_number: '+15551234567' },
  credentials: { account_sid: 'AC0123', auth_token: 'token0123' },
  connection: {
    request: {
      method: 'GET',
      url: 'https://api.twilio.com/2010-04-01/Accounts/AC0123.json',
      header: ['authorization', 'Basic QUMwMTIzOnRva2VuMDEyMw=='],
    },
    answer: { sid: 'AC0123', friendly_name: 'Example', status: 'active' },
    account: { id: 'AC0123', name: 'Example', status: 'active' },
  },
  webhooks: [
    {
      name: 'the status of a message',
      signer,
      body: new URLSearchParams({
        SmsSid: sid,
        SmsStatus: 'delivered',
        MessageStatus: 'delivered',
        To: '+15558675310',
        MessageSid: sid,
        AccountSid: 'AC0123',
        From: '+15017122661',
        Body: "Ünïcode & 'quotes' 100 %",
      }).toString(),
      headers,
      expected: {
        deliveryId: `${sid}:delivered`,
        events: [{ event: 'message', action: 'delivered', subject: { kind: 'message', id: sid } }],
        types: ['twilio.message.delivered'],
      },
    },
    {
      name: 'a call, with a query in the URL and a field that comes twice',
      signer,
      body: 'CallSid=CA12&CallStatus=ringing&Tag=b&Tag=a&Tag=b&Empty=',
      headers,
      path: () => "/receive/hook?foo=1&bar=it's%20two",
      expected: {
        deliveryId: 'CA12:ringing',
        events: [{ event: 'call', action: 'ringing' }],
        types: ['twilio.call.ringing'],
      },
    },
    {
      name: 'the progress of a call',
      signer,
      body: 'CallSid=CA12&CallStatus=in-progress&SequenceNumber=2',
      headers: { ...headers, 'I-Twilio-Idempotency-Token': 'token-1' },
      expected: {
        deliveryId: 'CA12:in-progress:2',
        events: [{ event: 'call', action: 'in-progress' }],
        types: ['twilio.call.in_progress'],
      },
    },
    {
      name: 'a call that asks what to do',
      signer,
      body: 'CallSid=CA12&CallStatus=in-progress&Digits=1',
      headers: { ...headers, 'I-Twilio-Idempotency-Token': 'token-1' },
      expected: {
        deliveryId: 'CA12:in-progress:token-1',
        events: [{ event: 'call', action: 'in-progress' }],
        types: ['twilio.call.in_progress'],
      },
    },
    ...['RE1', 'RE2'].map((recording) => ({
      name: `the recording ${recording} of a call`,
      signer,
      body: `AccountSid=AC0123&CallSid=CA12&RecordingSid=${recording}&RecordingStatus=completed&RecordingDuration=3`,
      headers,
      expected: {
        deliveryId: `${recording}:completed`,
        events: [{ event: 'recording', action: 'completed', subject: { kind: 'recording', id: recording } }],
        types: ['twilio.recording.completed'],
      },
    })),
    {
      name: 'a call that asks what to do now that it is recorded',
      signer,
      body: 'CallSid=CA12&CallStatus=completed&RecordingSid=RE1&RecordingDuration=3',
      headers: { ...headers, 'I-Twilio-Idempotency-Token': 'token-2' },
      expected: {
        deliveryId: 'CA12:completed:token-2',
        events: [{ event: 'call', action: 'completed' }],
        types: ['twilio.call.completed'],
      },
    },
    {
      name: 'a participant of a conference',
      signer,
      body: 'ConferenceSid=CF12&CallSid=CA12&StatusCallbackEvent=participant-join&SequenceNumber=3',
      headers: { ...headers, 'I-Twilio-Idempotency-Token': 'token-3' },
      expected: {
        deliveryId: 'CF12:participant-join:3',
        events: [{ event: 'conference', action: 'participant-join' }],
        types: ['twilio.conference.participant_join'],
      },
    },
    {
      name: 'JSON',
      signer,
      body: asJson({ ConferenceSid: 'CF12', StatusCallbackEvent: 'participant-join' }),
      path: (body) => `/receive/hook?bodySHA256=${sha256Hex(body)}`,
      expected: {
        deliveryId: 'CF12:participant-join',
        events: [{ event: 'conference', action: 'participant-join' }],
        types: ['twilio.conference.participant_join'],
      },
    },
  ],
};
