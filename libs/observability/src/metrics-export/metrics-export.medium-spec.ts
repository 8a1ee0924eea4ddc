import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '@signalbox/config';
import { until } from '@signalbox/testing';
import { pino } from 'pino';
import { counter, gauge, histogram, metricsText } from '../metrics';
import { BulkServer, UdpListener } from './listeners-for-spec';
import { MetricsExport } from './metrics-export';

interface Line {
  readonly level: number;
  readonly msg: string;
}

const made = counter({ name: 'spec_export_total', help: 'h', labelNames: ['kind'] });
const depth = gauge({ name: 'spec_export_depth', help: 'h' });
const took = histogram({ name: 'spec_export_seconds', help: 'h', buckets: [0.5, 1] });

describe('MetricsExport', () => {
  let bulk: BulkServer;
  let udp: UdpListener;
  let text: string[];
  const log = () => pino({ base: null }, { write: (line) => void text.push(line) });
  const lines = () => text.map((line) => JSON.parse(line) as Line);
  const config = (variables: Record<string, string> = {}) =>
    loadConfig(
      {
        STATSD_URL: `udp://127.0.0.1:${udp.port}`,
        ELASTICSEARCH_URL: `http://hub:hush-hush@127.0.0.1:${bulk.port}`,
        METRICS_INTERVAL_SECONDS: '1',
        ...variables,
      },
      [],
    );

  beforeEach(async () => {
    text = [];
    bulk = await BulkServer.start();
    udp = await UdpListener.start();
  });
  afterEach(async () => {
    await bulk.close();
    await udp.close();
  });

  it('sends to nobody where nobody is named', () => {
    expect(MetricsExport.of(loadConfig({}, []), 'gateway', log())).toBeUndefined();
  });

  it('sends what /metrics shows at that time, every second and once more at the end', async () => {
    made.inc({ kind: 'a' }, 3);
    depth.set(7);
    took.observe(0.25);
    took.observe(0.75);
    const exported = MetricsExport.of(config(), 'gateway', log());
    await until('the first are sent', 15_000, () =>
      bulk.documents.some(({ name }) => name === 'spec_export_total'),
    );
    made.inc({ kind: 'a' }, 2);
    took.observe(0.75);
    const shown = (await metricsText()).body;
    await exported?.close(2_000);
    const total = (name: string) => udp.values(name).reduce((sum, { value }) => sum + value, 0);
    await until(
      'the last datagrams came',
      5_000,
      () => total('spec_export_total') >= 5 && total('spec_export_seconds_count') >= 3,
    );

    const latest = new Map(
      bulk.documents.map(({ name, labels, value }) => [
        `${name}${
          Object.keys(labels).length > 0
            ? `{${Object.entries(labels)
                .map(([label, of]) => `${label}="${of}"`)
                .join(',')}}`
            : ''
        }`,
        value,
      ]),
    );
    const summed = (name: string, tag = '') =>
      udp
        .values(name)
        .filter(({ tags }) => tag === '' || tags.includes(tag))
        .reduce((sum, { value }) => sum + value, 0);
    for (const series of shown.split('\n').filter((line) => line.startsWith('spec_export_'))) {
      const [, name = '', label, value = ''] = /^(\w+)(\{.*\})? (.+)$/.exec(series) ?? [];
      expect([series, latest.get(`${name}${label ?? ''}`)]).toEqual([series, Number(value)]);
      const tag = label?.replaceAll(/[{}"]/g, '').replace('=', ':') ?? '';
      const sent = name === 'spec_export_depth' ? udp.values(name).at(-1)?.value : summed(name, tag);
      expect([series, sent]).toEqual([series, Number(value)]);
    }
    const names = new Set(bulk.documents.map(({ name }) => name));
    const inText = new Set([...shown.matchAll(/^(\w+)(?:\{.*\})? (?!NaN)/gm)].map(([, name]) => name));
    // What the loop waited is measured since it was read last: a moment ago here.
    const missed = [...inText].filter((name) => !names.has(name ?? ''));
    expect(missed.filter((name) => name?.startsWith('nodejs_eventloop_lag_') !== true)).toEqual([]);
    expect(udp.values('spec_export_total')[0]?.tags).toContain('app:gateway');
    expect(lines()).toEqual([]);
  });

  it('tells of an outage once, and once of its end, without a secret; one sink does not disturb the other', async () => {
    bulk.misbehave = (_request, response) => {
      response.writeHead(503).end();
      return true;
    };
    const exported = MetricsExport.of(config(), 'gateway', log());
    await until('three are sent', 15_000, () => udp.values('spec_export_depth').length >= 3);
    expect(lines().map(({ msg }) => msg)).toEqual(['Figures cannot be sent']);
    bulk.misbehave = () => false;
    await until('something is said', 15_000, () => lines().length > 1);
    expect(lines().map(({ msg }) => msg)).toEqual(['Figures cannot be sent', 'Figures are sent again']);
    await exported?.close(2_000);
    expect(bulk.documents.filter(({ name }) => name === 'spec_export_depth').length).toBeGreaterThanOrEqual(
      4,
    );
    expect(text.join('')).not.toContain('hush');
  });

  it('ends in time with a sink that never answers', async () => {
    bulk.misbehave = () => true;
    const exported = MetricsExport.of(config(), 'gateway', log());
    await sleep(1_200);
    const began = performance.now();
    await exported?.close(600);
    expect(performance.now() - began).toBeLessThan(4_000);
    const sent = bulk.requests.length;
    await sleep(1_200);
    expect(bulk.requests).toHaveLength(sent);
    expect(text.join('')).not.toContain('hush');
  });
});
