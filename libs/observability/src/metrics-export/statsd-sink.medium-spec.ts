import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@signalbox/testing';
import type { MetricSample } from '../metrics';
import { UdpListener } from './listeners-for-spec';
import { StatsdSink } from './statsd-sink';

const source = { app: 'gateway', instance: 'host-1' };
const tags = (...own: string[]) => [...own, 'app:gateway', 'instance:host-1'].sort();
const counted = (value: number, labels: Record<string, string> = {}): MetricSample => ({
  name: 'spec_total',
  type: 'counter',
  labels,
  value,
});

describe('StatsdSink', () => {
  let listener: UdpListener;
  let sink: StatsdSink;

  beforeEach(async () => {
    listener = await UdpListener.start();
    sink = new StatsdSink(`udp://127.0.0.1:${listener.port}`, source);
  });
  afterEach(async () => {
    await sink.close();
    await listener.close();
  });

  async function send(...samples: MetricSample[]): Promise<void> {
    sink.take(samples);
    await sink.flush(AbortSignal.timeout(5_000));
    await sleep(50);
  }

  it('sends counters as what they have grown by, and nothing when they have not', async () => {
    await send(counted(5, { kind: 'a' }), counted(1, { kind: 'b' }));
    await send(counted(7, { kind: 'a' }), counted(1, { kind: 'b' }));
    await send(counted(2, { kind: 'a' }), counted(1, { kind: 'b' }));
    expect(listener.values('spec_total')).toEqual([
      { value: 5, type: 'c', tags: tags('kind:a') },
      { value: 1, type: 'c', tags: tags('kind:b') },
      { value: 2, type: 'c', tags: tags('kind:a') },
      // It fell, so it began anew.
      { value: 2, type: 'c', tags: tags('kind:a') },
    ]);
  });

  it('sends gauges as they are, each time', async () => {
    const gauge = (value: number) => ({ name: 'spec_depth', type: 'gauge', labels: {}, value }) as const;
    await send(gauge(4));
    await send(gauge(4));
    await send(gauge(0));
    expect(listener.values('spec_depth').map(({ value, type }) => [value, type])).toEqual([
      [4, 'g'],
      [4, 'g'],
      [0, 'g'],
    ]);
  });

  it('sends buckets, sum and count of a histogram as what they have grown by', async () => {
    const histogram = (name: string, value: number, labels = {}) =>
      ({ name: `spec_seconds_${name}`, type: 'histogram', labels, value }) as const;
    await send(histogram('bucket', 1, { le: '0.5' }), histogram('sum', 0.25), histogram('count', 1));
    await send(histogram('bucket', 3, { le: '0.5' }), histogram('sum', 0.75), histogram('count', 3));
    expect(listener.values('spec_seconds_bucket').map(({ value }) => value)).toEqual([1, 2]);
    expect(listener.values('spec_seconds_bucket')[0]).toMatchObject({ type: 'c', tags: tags('le:0.5') });
    expect(listener.values('spec_seconds_sum').map(({ value }) => value)).toEqual([0.25, 0.5]);
    expect(listener.values('spec_seconds_count').map(({ value }) => value)).toEqual([1, 2]);
  });

  it('keeps packets within what is never cut, however many lines there are', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => counted(i + 1, { route: `/api/v1/things/${i}` }));
    await send(...many);
    await until('all came', 5_000, () => listener.lines.length >= 2_000);
    expect(listener.lines).toHaveLength(2_000);
    expect(Math.max(...listener.packets.map((packet) => Buffer.byteLength(packet)))).toBeLessThanOrEqual(
      1_432,
    );
    expect(listener.packets.length).toBeGreaterThan(50);
  });

  it('lets no label break out of its place', async () => {
    await send(counted(1, { kind: 'a|c\nother:1|c,b:c' }));
    expect(listener.lines).toHaveLength(1);
    expect(listener.lines[0]).toMatch(/^spec_total:1\|c\|#[^|\n]*$/);
  });

  it('uses nothing up while the name is unknown: what was missed is in the next difference', async () => {
    const away = new StatsdSink('udp://nowhere.invalid:8125', source);
    away.take([counted(5)]);
    await expect(away.flush(AbortSignal.timeout(5_000))).rejects.toThrow('nowhere.invalid');
    Object.assign(away, { host: '127.0.0.1', port: listener.port });
    away.take([counted(8)]);
    await away.flush(AbortSignal.timeout(5_000));
    await sleep(50);
    expect(listener.values('spec_total').map(({ value }) => value)).toEqual([8]);
    await away.close();
  });

  it('ends when its time is over', async () => {
    sink.take([counted(5)]);
    await expect(sink.flush(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    await send(counted(6));
    expect(listener.values('spec_total').map(({ value }) => value)).toEqual([6]);
  });

  it('speaks IPv6', async () => {
    const six = await UdpListener.start('udp6');
    const sender = new StatsdSink(`statsd://[::1]:${six.port}`, source);
    sender.take([counted(3)]);
    await sender.flush(AbortSignal.timeout(5_000));
    await sleep(50);
    expect(six.values('spec_total').map(({ value }) => value)).toEqual([3]);
    await sender.close();
    await six.close();
  });
});
