import { parseQuery, UNDECODABLE } from './query-string';

describe('parseQuery', () => {
  it.each<[string, Record<string, string | string[]>]>([
    ['', {}],
    ['a=1&b=two', { a: '1', b: 'two' }],
    ['a=b+c%20d&%C3%A9=%E5%B0%88', { a: 'b c d', é: '專' }],
    ['a=1&a=2', { a: ['1', '2'] }],
    ['a&b=', { a: '', b: '' }],
    ['a=100%25', { a: '100%' }],
    ['a=x=y', { a: 'x=y' }],
    ['__proto__=1', { ['__proto__']: '1' }],
    ['a=%zz&b=1', { a: UNDECODABLE, b: '1' }],
    ['a=100%', { a: UNDECODABLE }],
    ['a=%ff', { a: UNDECODABLE }],
    ['a=%ED%A0%80', { a: UNDECODABLE }],
    ['a=1&a=%', { a: ['1', UNDECODABLE] }],
  ])('reads %j', (text, parameters) => {
    expect(Object.entries(parseQuery(text))).toEqual(Object.entries(parameters));
  });

  it('reads any number of parameters', () => {
    const text = Array.from({ length: 2_000 }, (_, i) => `p${i}=${i}`).join('&');
    expect(parseQuery(text).p1999).toBe('1999');
  });
});
