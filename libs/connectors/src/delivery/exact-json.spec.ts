import { mayChangeNumbers, parseExactly } from './exact-json';

describe('JSON that is passed on', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '123456789012345678901234567890',
    '1.0',
    '-0',
    '-0.0',
    '1e400',
    '-1E-400',
    '1e2',
    '0.1000000000000000055',
  ])('keeps the number %s', (number) => {
    for (const text of [number, `[${number}]`, `{"a":{"b":[1,${number}]}}`]) {
      expect(mayChangeNumbers(text)).toBe(true);
      expect(JSON.stringify(parseExactly(text))).toBe(text);
    }
    for (const text of [`{ "a":\n ${number} }`, `{"a" :${number}}`, `[1,${number}]`, `[ ${number}]`]) {
      expect(mayChangeNumbers(text)).toBe(true);
    }
  });

  it.each(['0', '-1', '[7,-42]', '{"a":123456789012345}', '{"sha":"1e4aa","at":"2026-01-02T03:04:05.678Z"}'])(
    'has nothing to keep in %s',
    (text) => {
      expect(mayChangeNumbers(text)).toBe(false);
      expect(JSON.stringify(JSON.parse(text))).toBe(text);
    },
  );

  it('is otherwise what JSON.parse makes of it', () => {
    const text = '{"a":[true,null,"1.0",12.5,{}],"__proto__":{"polluted":1},"constructor":"c"}';
    const value = parseExactly(text);
    expect(value).toEqual(JSON.parse(text));
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(JSON.stringify(value)).toBe(text);
    expect(() => parseExactly('{')).toThrow(SyntaxError);
  });
});
