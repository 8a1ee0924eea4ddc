import type { UsageLogView } from '@signalbox/contracts';
import { jsonLines } from './export-stream';
import { csvHead, csvLines } from './usage-lines';

const log: UsageLogView = {
  id: 'i',
  time: '2024-08-04T12:00:00.000Z',
  request_id: 'r',
  method: 'GET',
  endpoint: '/a',
  surface: 'administration',
  status: 200,
  duration_ms: 1.5,
  bytes_in: 0,
  bytes_out: 7,
  caller_kind: 'user',
  caller_id: 'u',
  caller_name: 'n',
  project_id: null,
  error_code: null,
  address: '::1',
};

describe('lines of an export', () => {
  it('has a column for each field', () => {
    expect(csvHead().trim().split(',').sort()).toEqual(Object.keys(log).sort());
    expect(csvLines([log])).toBe(
      '2024-08-04T12:00:00.000Z,i,r,GET,/a,administration,200,1.5,0,7,user,u,n,,,::1\r\n',
    );
  });

  it.each([
    ['=1+1', `'=1+1`],
    ['+1', `'+1`],
    ['-1', `'-1`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['\t=1', `'\t=1`],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['a,b', '"a,b"'],
    ['a "b"', '"a ""b"""'],
    ['a\r\nb', '"a\r\nb"'],
    ['a=b', 'a=b'],
  ])('writes %j as %j', (name, cell) => {
    const [line] = [csvLines([{ ...log, caller_name: name }])];
    expect(line).toBe(
      `2024-08-04T12:00:00.000Z,i,r,GET,/a,administration,200,1.5,0,7,user,u,${cell},,,::1\r\n`,
    );
  });

  it('is an object a line as JSON', () => {
    const lines = jsonLines([log, { ...log, caller_name: 'a\nb' }]).split('\n');
    expect(lines.map((line) => (line === '' ? '' : (JSON.parse(line) as unknown)))).toEqual([
      log,
      { ...log, caller_name: 'a\nb' },
      '',
    ]);
  });
});
