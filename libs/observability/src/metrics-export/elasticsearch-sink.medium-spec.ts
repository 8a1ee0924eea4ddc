import type { MetricSample } from '../metrics';
import { ElasticsearchSink } from './elasticsearch-sink';
import { BulkServer } from './listeners-for-spec';
import { lost } from './metrics-sink';

const source = { app: 'gateway', instance: 'host-1' };
const AT = new Date('2026-11-21T23:59:59.500Z');
const figures = (n: number): MetricSample[] =>
  Array.from({ length: n }, (_, i) => ({
    name: 'spec_total',
    type: 'counter',
    labels: { kind: String(i) },
    value: i,
  }));

describe('ElasticsearchSink', () => {
  let server: BulkServer;
  let sink: ElasticsearchSink;
  const url = (port: number, userinfo = '') => `http://${userinfo}127.0.0.1:${port}`;
  const flush = (ms = 30_000) => sink.flush(AbortSignal.timeout(ms));
  const lostFor = async (reason: string) =>
    (await lost.get()).values.find(({ labels }) => labels.reason === reason)?.value ?? 0;

  beforeEach(async () => {
    server = await BulkServer.start();
    sink = new ElasticsearchSink(url(server.port), 'signalbox-metrics-{date}', source);
    lost.reset();
  });
  afterEach(async () => {
    await sink.close();
    await server.close();
  });

  it('stores a document for each figure, in the index of its day', async () => {
    sink.take([{ name: 'spec_seconds_bucket', type: 'histogram', labels: { le: '+Inf' }, value: 3 }], AT);
    await flush();
    expect([...server.stored.values()]).toEqual([
      {
        index: 'signalbox-metrics-2026.11.21',
        document: {
          '@timestamp': '2026-11-21T23:59:59.500Z',
          app: 'gateway',
          instance: 'host-1',
          name: 'spec_seconds_bucket',
          type: 'histogram',
          labels: { le: '+Inf' },
          value: 3,
        },
      },
    ]);
    expect(server.requests[0]?.type).toContain('ndjson');
    expect(server.requests[0]?.path).toMatch(/^\/_bulk\?/);
  });

  it('signs in with the user of the address, under its path, and writes to a data stream', async () => {
    const other = new ElasticsearchSink(
      `http://hub:h%40sh@127.0.0.1:${server.port}/search/`,
      'metrics-signalbox',
      source,
    );
    other.take(figures(1), AT);
    await other.flush(AbortSignal.timeout(5_000));
    await other.close();
    expect(server.requests[0]?.authorization).toBe(`Basic ${Buffer.from('hub:h@sh').toString('base64')}`);
    expect(server.requests[0]?.path).toMatch(/^\/search\/_bulk/);
    expect([...server.stored.values()].map(({ index }) => index)).toEqual(['metrics-signalbox']);
  });

  it('sends many in bounded requests', async () => {
    sink.take(figures(1_201), AT);
    await flush();
    expect(server.stored.size).toBe(1_201);
    expect(server.requests).toHaveLength(3);
  });

  it.each([429, 503, 500, 401])('keeps what a %i turned away and sends it later', async (status) => {
    server.misbehave = (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{"type":"no"}}');
      return true;
    };
    sink.take(figures(3), AT);
    await expect(flush()).rejects.toThrow();
    server.misbehave = () => false;
    sink.take(figures(2), AT);
    await flush();
    expect(server.stored.size).toBe(5);
  });

  it('sends again the documents that were too many, and only those', async () => {
    server.statusOf = ({ labels }) => (labels.kind === '1' ? 429 : 201);
    sink.take(figures(3), AT);
    await expect(flush()).rejects.toThrow('too busy for 1 documents');
    expect(server.stored.size).toBe(2);
    server.statusOf = () => 201;
    await flush();
    expect(server.documents.map(({ labels }) => labels.kind)).toEqual(['0', '2', '1']);
  });

  it('drops and counts documents that are refused for good', async () => {
    server.statusOf = ({ labels }) => (labels.kind === '1' ? 400 : 201);
    sink.take(figures(3), AT);
    await expect(flush()).rejects.toThrow('error_400');
    await flush();
    expect(server.stored.size).toBe(2);
    expect(server.requests).toHaveLength(1);
    expect(await lostFor('refused')).toBe(1);
  });

  it('stores once what is sent again because the answer was cut off', async () => {
    server.cutAfterStoring = true;
    sink.take(figures(3), AT);
    await expect(flush()).rejects.toThrow();
    server.cutAfterStoring = false;
    await flush();
    expect(server.stored.size).toBe(3);
    expect(server.requests).toHaveLength(2);
  });

  it('waits no longer than it may for a server that does not answer', async () => {
    server.misbehave = () => true;
    sink.take(figures(3), AT);
    await expect(flush(200)).rejects.toThrow();
    server.misbehave = () => false;
    await flush();
    expect(server.stored.size).toBe(3);
  });

  it('keeps a bounded number while nobody is there, the newest, and counts the others', async () => {
    const port = server.port;
    await server.close();
    for (let round = 0; round < 5; round += 1) sink.take(figures(5_000), new Date(AT.getTime() + round));
    await expect(flush()).rejects.toThrow();
    expect(await lostFor('full')).toBe(5_000);
    await new Promise<void>((listening) => server.server.listen(port, '127.0.0.1', listening));
    await flush();
    expect(server.stored.size).toBe(20_000);
    expect(Math.min(...server.documents.map((one) => Date.parse(one['@timestamp'])))).toBe(AT.getTime() + 1);
  });

  it('takes no other answer for that of a bulk API', async () => {
    server.misbehave = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}');
      return true;
    };
    sink.take(figures(1), AT);
    await expect(flush()).rejects.toThrow('bulk');
    server.misbehave = () => false;
    await flush();
    expect(server.stored.size).toBe(1);
  });
});
