import { startPostgres } from '@signalbox/testing';
import pg from 'pg';
import { column } from './column';

describe('a column of values', () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let client: pg.Client;
  beforeAll(async () => {
    server = await startPostgres();
    client = new pg.Client(server.url);
    await client.connect();
  }, 60_000);
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  const returned = async (type: string, values: readonly (string | number | null)[]) => {
    const { rows } = await client.query<{ v: unknown }>(`SELECT v FROM unnest($1::${type}[]) AS v`, [
      column(values),
    ]);
    return rows.map(({ v }) => v);
  };

  it.each([
    ['nothing', []],
    ['nulls beside the word', [null, 'null', 'NULL', '']],
    ['quotes, backslashes, braces and commas', ['"', '\\', '\\"', '\\\\', '{a,"b"}', ',', '\\n', "'"]],
    ['control characters', ['a\nb', '\t', '\r\n', '\b\f', '\u001f', 'x', null, '"\n\\']],
    ['other alphabets', ['žluťoučký', '漢字', '😀', '\u2028']],
    ['spaces', [' a ', ' ', '\u00a0']],
  ])('brings back %s', async (_what, values) => {
    expect(await returned('text', values)).toEqual(values);
  });

  it('brings back numbers, times and ids', async () => {
    expect(await returned('integer', [1, -2, null])).toEqual([1, -2, null]);
    expect(await returned('float8', [0.5, 1e300])).toEqual([0.5, 1e300]);
    expect(await returned('timestamptz', ['2026-01-02T03:04:05.678Z'])).toEqual([
      new Date('2026-01-02T03:04:05.678Z'),
    ]);
    expect(await returned('uuid', ['0198b0aa-1111-7000-8000-0123456789ab'])).toEqual([
      '0198b0aa-1111-7000-8000-0123456789ab',
    ]);
  });
});
