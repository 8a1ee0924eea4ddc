import { parseStrictJson } from './strict-json';
import { StrictJsonError } from './strict-json-error';

function parse(text: string | Buffer, maxDepth?: number): unknown {
  return parseStrictJson(Buffer.from(text as string), { maxDepth });
}

function faultOf(text: string | Buffer, maxDepth?: number): StrictJsonError {
  try {
    parse(text, maxDepth);
  } catch (error) {
    if (error instanceof StrictJsonError) return error;
    throw error;
  }
  throw new Error('expected a fault');
}

/** Small and seeded: a failing case can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const SAMPLE = JSON.stringify({
  id: '0197',
  'odd name': [1, -0, 1.5e-7, 9007199254740991],
  nested: {
    a: [{ b: [[], {}] }],
    empty: '',
    quote: 'say "x" \\ / \b\f\n\r\t',
    emoji: '😀',
    yes: true,
    no: null,
  },
});

describe('parseStrictJson', () => {
  it.each([SAMPLE, '{}', '[]', '0', '-1.5E+10', '"x"', 'null', 'false', ' \n\t\r{ "a" : [ 1 , 2 ] } '])(
    'reads %j as JSON.parse does',
    (text) => {
      expect(parse(text)).toEqual(JSON.parse(text));
    },
  );

  it('lets the same key stand in different objects, and a key name in a value', () => {
    const text = '{"a":{"a":[{"a":1},{"a":"__proto__"}]},"b":"a: \\"b\\":"}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  describe('malformed text', () => {
    it.each([
      ['', 0, ''],
      ['   ', 3, ''],
      ['{"a":1,}', 7, ''],
      ['[1,]', 3, '[1]'],
      ['[1 2]', 3, '[0]'],
      ['{"a" 1}', 5, 'a'],
      ["{'a':1}", 1, ''],
      ['{"a":tru}', 5, 'a'],
      ['{"a":01}', 6, 'a'],
      ['{"a":1.}', 7, 'a'],
      ['{"a":+1}', 5, 'a'],
      ['{"a":NaN}', 5, 'a'],
      ['{"a":"x', 7, 'a'],
      ['{"a":"x\ny"}', 7, 'a'],
      ['{"a":"\\x"}', 6, 'a'],
      ['{"a":"\\u12g4"}', 6, 'a'],
      ['[1]]', 3, ''],
      ['{"a":1} x', 8, ''],
      ['\uFEFF{}', 0, ''],
      ['{"é":nope}', 6, '["é"]'],
    ])('%j is refused at byte %d', (text, position, path) => {
      expect(faultOf(text)).toMatchObject({ reason: 'malformed', position, path });
    });

    it('agrees with JSON.parse on thousands of damaged texts', () => {
      const next = random(7);
      const alphabet = '{}[]",:\\u0123456789eE+-.truefalsn \n\x01é';
      for (let round = 0; round < 5000; round += 1) {
        const characters = [...SAMPLE];
        for (let edits = 1 + next(3); edits > 0; edits -= 1) {
          characters.splice(next(characters.length), next(3), alphabet.charAt(next(alphabet.length)));
        }
        const text = characters.join('');
        const refusedByBoth = !accepts(JSON.parse, text);
        const fault = accepts(parse, text) ? undefined : faultOf(text).reason;
        if (refusedByBoth) expect([text, fault]).toEqual([text, 'malformed']);
        else expect([text, fault]).not.toEqual([text, 'malformed']);
      }
    });

    it('keeps the text out of the message', () => {
      expect(faultOf('{"password":hunter2}').message).not.toContain('hunter2');
    });
  });

  describe('depth', () => {
    it('takes 64 levels and refuses 65', () => {
      expect(parse('['.repeat(64) + ']'.repeat(64))).toBeDefined();
      expect(faultOf('['.repeat(65) + ']'.repeat(65))).toMatchObject({ reason: 'too_deep', position: 64 });
    });

    it('counts objects too, and not brackets in strings', () => {
      expect(faultOf('{"a":[{"b":{}}]}', 3)).toMatchObject({ reason: 'too_deep', path: 'a[0].b' });
      expect(parse('["[[[[{{{{"]', 1)).toEqual(['[[[[{{{{']);
    });

    it.each([10_000, 500_000])('refuses %d nested arrays and objects', (levels) => {
      expect(faultOf('['.repeat(levels) + ']'.repeat(levels)).reason).toBe('too_deep');
      expect(faultOf('['.repeat(levels)).reason).toBe('too_deep');
      expect(faultOf('{"a":'.repeat(levels)).reason).toBe('too_deep');
    });

    it('does not recurse where a greater depth is allowed', () => {
      const levels = 200_000;
      expect(parse('['.repeat(levels) + ']'.repeat(levels), levels)).toBeDefined();
      expect(faultOf(`${'['.repeat(levels)}{"a":1,"a":2}${']'.repeat(levels)}`, levels + 1).reason).toBe(
        'duplicate_key',
      );
    });
  });

  describe('keys', () => {
    it.each([
      ['{"a":1,"a":1}', 'a', 7],
      ['{"items":[{},{"b":{"x":1,"y":2,"x":{}}}]}', 'items[1].b.x', 31],
      ['{"a":1,"\\u0061":2}', 'a', 7],
      ['{"a\\/b":1,"a/b":2}', '["a/b"]', 10],
      ['{"":1,"":2}', '[""]', 6],
    ])('%j has one twice', (text, path, position) => {
      expect(faultOf(text)).toMatchObject({ reason: 'duplicate_key', path, position });
    });

    it.each([
      ['{"__proto__":{"admin":true}}', '__proto__'],
      ['{"a":[{"\\u005f_proto__":1}]}', 'a[0].__proto__'],
      ['{"constructor":{"prototype":{"admin":true}}}', 'constructor.prototype'],
    ])('%j has a forbidden one', (text, path) => {
      expect(faultOf(text)).toMatchObject({ reason: 'forbidden_key', path });
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    });

    it.each(['{"constructor":"Acme Ltd"}', '{"prototype":{"a":1}}', '{"constructor":[{"prototype":1}]}'])(
      '%j has none',
      (text) => {
        expect(parse(text)).toEqual(JSON.parse(text));
      },
    );

    it('finds the one repeated key among very many', () => {
      const keys = Array.from({ length: 100_000 }, (_, i) => `"${i * 65_536}":0`);
      expect(Object.keys(parse(`{${keys.join()}}`) as object)).toHaveLength(100_000);
      expect(faultOf(`{${keys.join()},"65536":1}`)).toMatchObject({
        reason: 'duplicate_key',
        path: '["65536"]',
      });
    });
  });

  describe('text that PostgreSQL cannot store', () => {
    it.each([
      ['{"a":["x\\u0000"]}', 'a[0]', 8],
      ['{"a\\u0000":1}', '', 3],
      ['{"a":"\0"}', 'a', 6],
    ])('%j holds a NUL', (text, path, position) => {
      expect(faultOf(text)).toMatchObject({ reason: 'nul_character', path, position });
    });

    it('takes an escaped backslash before u0000 for what it is', () => {
      expect(parse('{"a":"\\\\u0000"}')).toEqual({ a: '\\u0000' });
    });

    it.each([
      ['lone continuation', [0x80]],
      ['cut sequence', [0xe2, 0x82]],
      ['overlong slash', [0xc0, 0xaf]],
      ['encoded surrogate', [0xed, 0xa0, 0x80]],
      ['past U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ])('refuses a %s', (_, bytes) => {
      const text = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
      expect(faultOf(text)).toMatchObject({ reason: 'invalid_utf8', position: null });
    });

    it.each(['\\ud800', '\\udc00', '\\udc00\\ud800', '\\ud83dx', '\\ud83d\\n', '\\ud83d\\u0041'])(
      'refuses the half of a surrogate pair in %s, in values and keys',
      (escape) => {
        expect(faultOf(`{"a":{"b":"${escape}"}}`)).toMatchObject({ reason: 'invalid_utf8', path: 'a.b' });
        expect(faultOf(`{"a":{"${escape}":1}}`)).toMatchObject({ reason: 'invalid_utf8', path: 'a' });
      },
    );

    it('takes whole pairs', () => {
      expect(parse('["\\ud83d\\ude00","\\uD83D\\uDE00😀"]')).toEqual(['😀', '😀😀']);
    });
  });

  describe('the path', () => {
    it('is bounded, and itself storable', () => {
      const long = 'k'.repeat(100_000);
      const { path, message } = faultOf(`{"${long}":{"${long}":1,"${long}":2}}`);
      expect(path).toHaveLength(201);
      expect(message.length).toBeLessThan(300);
      expect(faultOf(`{"${'😀'.repeat(200)}":{"a":1,"a":2}}`).path.isWellFormed()).toBe(true);
    });
  });
});

function accepts(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}
