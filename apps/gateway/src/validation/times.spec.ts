import { isTime, timeOf } from './times';

describe('times in queries', () => {
  it.each([
    '2024-08-01',
    '2024-02-29',
    '2024-08-01T12:00Z',
    '2024-08-01T12:00:00Z',
    '2024-08-01T12:00:00.123456Z',
    '2024-08-01T12:00:00+08:00',
  ])('%s is one', (text) => expect(isTime(text)).toBe(true));

  it.each([
    '',
    '2024',
    '2024-13-01',
    '2024-02-30',
    '2023-02-29',
    '2024-08-01T12:00:00',
    '2024-08-01T25:00:00Z',
    '2024-08-01 12:00:00Z',
    '0024-08-01',
    '9999-08-01',
    'yesterday',
    '1722470400',
    undefined,
  ])('%p is none', (text) => expect(isTime(text)).toBe(false));

  it('a day that is an end is part of the time', () => {
    expect(timeOf('2024-08-01', 'begin')).toBe(Date.UTC(2024, 7, 1));
    expect(timeOf('2024-08-01', 'end')).toBe(Date.UTC(2024, 7, 2));
    expect(timeOf('2024-08-01T12:00:00+02:00', 'end')).toBe(Date.UTC(2024, 7, 1, 10));
  });
});
