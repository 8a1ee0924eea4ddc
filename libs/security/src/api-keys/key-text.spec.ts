import { isWellFormedApiKey, makeApiKey, shownPrefix } from './key-text';

describe('the text of an API key', () => {
  it.each(['eak_', 'ocr_'])('is %s and 32 base64url characters', (prefix) => {
    for (let i = 0; i < 100; i += 1) {
      const key = makeApiKey(prefix);
      expect(key).toMatch(new RegExp(`^${prefix}[A-Za-z0-9_-]{32}$`));
      expect(isWellFormedApiKey(key)).toBe(true);
    }
  });

  it('is another each time', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => makeApiKey('eak_'))).size).toBe(1_000);
  });

  it('has a checksum that finds every single wrong character, and every exchange of neighbours', () => {
    const key = makeApiKey('eak_');
    for (let i = 4; i < key.length; i += 1) {
      for (const other of 'Aa0_-Zz9') {
        if (other === key[i]) continue;
        expect(isWellFormedApiKey(key.slice(0, i) + other + key.slice(i + 1))).toBe(false);
      }
      const [left = '', right = ''] = key.slice(i, i + 2);
      if (left !== right && right !== '')
        expect(isWellFormedApiKey(key.slice(0, i) + right + left + key.slice(i + 2))).toBe(false);
    }
  });

  it('covers the prefix too', () => {
    expect(isWellFormedApiKey(makeApiKey('eak_').replace('eak_', 'ocr_'))).toBe(false);
  });

  it.each([
    '',
    'eak_',
    'eak_short',
    ' '.repeat(36),
    `eak_${'A'.repeat(33)}`,
    // As the published example has it: no key of ours.
    'eak_dGhpcyBpcyBhIHNhbXBsZSBrZXkgZm9yIGRlbW8',
  ])('takes %j for none', (text) => {
    expect(isWellFormedApiKey(text)).toBe(false);
    expect(isWellFormedApiKey(`${makeApiKey('eak_')}\n`)).toBe(false);
  });

  it('may be shown up to its fourth character', () => {
    const key = makeApiKey('ocr_');
    expect(shownPrefix(key)).toBe(key.slice(0, 8));
  });
});
