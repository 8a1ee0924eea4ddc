import { ResponseBody } from './response-body';

function received(limit: number, ...chunks: (string | Buffer)[]): ResponseBody {
  const body = new ResponseBody(limit);
  for (const chunk of chunks) body.push(Buffer.from(chunk as string));
  return body;
}

describe('ResponseBody', () => {
  it('joins what came in pieces, whatever their size', () => {
    const text = 'Grüße 😀 '.repeat(5000);
    const bytes = Buffer.from(text);
    const body = new ResponseBody(bytes.length);
    for (let i = 0; i < bytes.length; i += 7) body.push(bytes.subarray(i, i + 7));
    expect(body.text()).toBe(text);
    expect(body.truncated).toBe(false);
  });

  it('never writes into a piece it was given', () => {
    const slab = Buffer.from('abcdef');
    const body = new ResponseBody(100);
    body.push(slab.subarray(0, 3));
    body.push(Buffer.from('XYZ'));
    expect([slab.toString(), body.text()]).toEqual(['abcdef', 'abcXYZ']);
  });

  it('keeps the first bytes up to the limit and says that there were more', () => {
    expect(received(5, 'abcde')).toMatchObject({ truncated: false, exhausted: false });
    const body = received(5, 'abc', 'defg', 'hij');
    expect([body.text(), body.truncated, body.exhausted]).toEqual(['abcde', true, false]);
  });

  it('leaves out a character that the limit cuts', () => {
    expect(received(5, 'ab😀cd').text()).toBe('ab');
    expect(received(6, 'ab😀cd').text()).toBe('ab😀');
  });

  it('keeps nothing with a limit of 0', () => {
    const body = received(0, 'x');
    expect([body.text(), body.truncated]).toEqual(['', true]);
  });

  it('replaces invalid UTF-8 and removes NUL', () => {
    expect(received(100, Buffer.from([0x61, 0xff, 0x00, 0x62])).text()).toBe('a\uFFFDb');
  });

  it('is exhausted some 64 KiB past the limit', () => {
    expect(received(10, Buffer.alloc(10 + 64 * 1024)).exhausted).toBe(false);
    expect(received(10, Buffer.alloc(11 + 64 * 1024)).exhausted).toBe(true);
  });
});
