import type { NormalizedEvent } from '@signalbox/contracts';
import { InboundDelivery } from '../delivery/inbound-delivery';
import { InboundHeaders } from '../delivery/inbound-headers';
import { timeAt, textAt, nameAt, urlAt } from '../delivery/fields';
import { docker } from '../providers/docker/connector';
import { generic } from '../providers/generic/connector';
import { sendgrid } from '../providers/sendgrid/connector';
import { toCloudEvent } from './cloud-event';
import { eventName, normalise, outboundEventType, payloads } from './normalise';

const RECEIVED = new Date('2026-01-02T03:04:05.678Z');

const event: NormalizedEvent = {
  provider: 'github',
  delivery_id: 'd1',
  part: 0,
  event: 'pull_request',
  action: 'opened',
  topic: 'pull_request.opened',
  occurred_at: '2026-01-02T03:04:05.678Z',
  subject: { kind: 'pull_request', id: '7', title: 'Ünïcode', url: null },
  repository: 'own er/näme',
  revision: null,
  summary: 'GitHub: …',
};

const deliver = (body: string, headers: Record<string, string> = {}, method = 'POST') =>
  new InboundDelivery({
    method,
    url: 'https://hub.example.com/',
    headers: InboundHeaders.from(headers),
    body: Buffer.from(body),
  });

describe('outboundEventType', () => {
  it.each([
    ['github', 'pull_request', 'opened', 'github.pull_request.opened'],
    ['linear', 'IssueLabel', 'create', 'linear.issue_label.create'],
    ['gitlab', 'Push Hook', null, 'gitlab.push_hook'],
    ['standard-webhooks', 'a.b', null, 'standard_webhooks.a.b'],
    ['generic', '推送', null, 'generic.unknown'],
    ['generic', '42', '', 'generic.unknown'],
    ['generic', '.*', '..//::', 'generic.unknown'],
    ['generic', '__proto__', null, 'generic.proto'],
    ['generic', `${'word.'.repeat(40)}end`, null, `generic${'.word'.repeat(24)}`],
    ['generic', 'w'.repeat(255), null, 'generic.unknown'],
  ])('%s %s %s is %s', (provider, name, action, type) => {
    expect(outboundEventType({ provider, event: name, action })).toBe(type);
  });
});

it('names an event as S4 does', () => {
  expect(eventName(event)).toBe('pull_request.opened');
  expect(eventName({ event: 'push', action: null })).toBe('push');
});

describe('normalise', () => {
  it('takes the time of receiving where the provider gives none, and the first name it finds', () => {
    const [one, ...others] = normalise(generic, deliver('{"type":"a.b","event":{"id":1}}'), RECEIVED);
    expect(others).toEqual([]);
    expect(one).toEqual({
      provider: 'generic',
      delivery_id: null,
      part: 0,
      event: 'a.b',
      action: null,
      topic: null,
      occurred_at: '2026-01-02T03:04:05.678Z',
      subject: null,
      repository: null,
      revision: null,
      summary: 'Generic HTTP: a.b',
    });
  });

  it('tells a batch of CloudEvents apart', () => {
    const batch = JSON.stringify(
      ['a.b', 'c.d'].map((type) => ({ specversion: '1.0', type, source: '/s', id: type })),
    );
    const events = normalise(
      generic,
      deliver(batch, { 'content-type': 'application/cloudevents-batch+json' }),
      RECEIVED,
    );
    expect(events.map(({ event: name, part }) => [name, part])).toEqual([
      ['a.b', 0],
      ['c.d', 1],
    ]);
  });

  it('tells CloudEvents apart whose sources and ids are divided otherwise', () => {
    const id = (source: string, own: string) =>
      normalise(
        generic,
        deliver(JSON.stringify({ specversion: '1.0', type: 'a', source, id: own })),
        RECEIVED,
      )[0].delivery_id;
    expect(id('/s', 'c')).toBe('/s#c');
    expect(new Set([id('a#b', 'c'), id('a', 'b#c'), id('a%23b', 'c')]).size).toBe(3);
  });

  it('knows a very long id by its digest', () => {
    const id = (last: string) => {
      const body = JSON.stringify({
        specversion: '1.0',
        type: 'a',
        source: `/${'s'.repeat(250)}`,
        id: `${'i'.repeat(200)}${last}`,
      });
      return normalise(generic, deliver(body), RECEIVED)[0].delivery_id;
    };
    expect(id('1')).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(id('1')).toBe(id('1'));
    expect(id('1')).not.toBe(id('2'));
  });
});

it('answers the check of CloudEvents, and only that', () => {
  const ask = (method: string, origin: string) =>
    generic.webhook.preflight?.(deliver('', { 'WebHook-Request-Origin': origin }, method));
  expect(ask('OPTIONS', 'eventemitter.example.com')).toEqual({
    status: 200,
    headers: { allow: 'POST', 'webhook-allowed-origin': 'eventemitter.example.com' },
    body: '',
  });
  expect(ask('options', 'eventemitter.example.com')).toBeDefined();
  expect(ask('POST', 'eventemitter.example.com')).toBeUndefined();
  expect(ask('OPTIONS', 'a b')).toBeUndefined();
  expect(ask('OPTIONS', 'x'.repeat(300))).toBeUndefined();
  expect(generic.webhook.preflight?.(deliver('', {}, 'OPTIONS'))).toBeUndefined();
});

describe('what is passed on of a payload', () => {
  const one = '{"id":9007199254740993,"price":1.0,"huge":1e400,"__proto__":{"a":-0}}';
  const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const BATCH = { 'Content-Type': 'application/cloudevents-batch+json' };

  it.each([
    ['a body', generic, one, {}, [one]],
    ['a form', generic, `payload=${encodeURIComponent(one)}`, FORM, [one]],
    ['a batch of CloudEvents', generic, `[${one},${one}]`, BATCH, [one, one]],
    ['events of SendGrid', sendgrid, `[${one}, {"n":1}]`, {}, [one, '{"n":1}']],
    ['notifications of a registry', docker, `{"events":[${one}]}`, {}, [one]],
    ['an image that was pushed', docker, `{"push_data":${one}}`, {}, [`{"push_data":${one}}`]],
  ] as const)('has the numbers of %s as they were sent', (_, connector, body, headers, expected) => {
    const delivery = deliver(body, headers);
    expect(payloads(connector, delivery).map((piece) => JSON.stringify(piece))).toEqual(expected);
    expect(normalise(connector, delivery, RECEIVED)).toHaveLength(expected.length);
  });

  it('is nothing where there is no JSON', () => {
    expect(payloads(generic, deliver('[1.0'))).toEqual([undefined]);
    expect(payloads(generic, deliver('payload=1', { 'Content-Type': 'application/json' }))).toEqual([
      undefined,
    ]);
  });
});

it('gives CloudEvents', () => {
  expect(toCloudEvent(event, { id: 'e1', data: { a: 1 } })).toEqual({
    specversion: '1.0',
    id: 'e1',
    source: '/github/own%20er/n%C3%A4me',
    type: 'github.pull_request.opened',
    time: '2026-01-02T03:04:05.678Z',
    subject: 'pull_request/7',
    datacontenttype: 'application/json',
    data: { a: 1 },
  });
  expect(toCloudEvent({ ...event, subject: null, repository: null }, { id: 'e1' })).toMatchObject({
    source: '/github',
    data: { provider: 'github' },
  });
  expect(toCloudEvent({ ...event, subject: null }, { id: 'e1' })).not.toHaveProperty('subject');
});

describe('what is taken out of a payload', () => {
  it.each([
    ['2025-06-05T00:17:02.6890000Z', '2025-06-05T00:17:02.689Z'],
    ['2012-07-26 02:11:50 UTC', '2012-07-26T02:11:50.000Z'],
    [1686089970, '2023-06-06T22:19:30.000Z'],
    [1525698237764, '2018-05-07T13:03:57.764Z'],
    ['1600112492', '2020-09-14T19:41:32.000Z'],
    ['1355517523.000005', '2012-12-14T20:38:43.000Z'],
    ['soon', null],
    ['', null],
    [0, null],
    [1e30, null],
    [null, null],
    ['9'.repeat(100), null],
  ])('the time %j is %j', (given, time) => {
    expect(timeAt({ given }, 'given')).toBe(time);
  });

  it('is one line, well-formed and bounded', () => {
    expect(textAt({ a: ' x\u0000y\r\nz\ud800 ' }, 'a')).toBe('x y z\ufffd');
    expect(textAt({ a: 'x'.repeat(1000) }, 'a')).toHaveLength(500);
    expect(nameAt({ a: 'x'.repeat(256) }, 'a')).toBeNull();
    expect(nameAt({ a: 'x'.repeat(255) }, 'a')).toHaveLength(255);
    expect(nameAt({ a: 0 }, 'a')).toBe('0');
    expect(nameAt({ a: true }, 'a')).toBeNull();
    expect(nameAt(JSON.parse('{"a":820982911946154508}'), 'a')).toBeNull();
  });

  it('is never inherited', () => {
    expect(nameAt({}, 'constructor', 'name')).toBeNull();
    expect(nameAt(Object.create({ a: 'x' }), 'a')).toBeNull();
    expect(nameAt([], 'length')).toBe('0');
    expect(nameAt('text', 'length')).toBeNull();
  });

  it.each(['javascript:alert(1)', 'ftp://x', 'no url', 7])('is no link: %s', (a) => {
    expect(urlAt({ a }, 'a')).toBeNull();
  });
});

it('gives up on a form with more fields than anybody sends', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  expect(deliver('a=1&a=2&b=', headers).form?.get('a')).toEqual(['1', '2']);
  expect(deliver('a&'.repeat(1001), headers).form).toBeUndefined();
  expect(deliver('a=1').form).toBeUndefined();
});
