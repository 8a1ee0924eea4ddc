import { acceptedLanguage } from './accept-language';
import { FIELD_SENTENCES } from './field-sentences';
import { LANGUAGES, type Sentence } from './language';
import { CATALOGUES, find, say } from './messages';

const SENTENCES = Object.entries(CATALOGUES).flatMap(([catalogue, sentences]) =>
  Object.entries(sentences).map(([key, sentence]): [string, Sentence] => [`${catalogue}.${key}`, sentence]),
);
const placeholders = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();
/** Characters that only one of the two scripts has. */
const SIMPLIFIED = /[请证参数无资权访问误务时应据库缓创获详删执测试长须项为码标头对邮网称类冲]/;
const TRADITIONAL = /[請證參數無資權訪問誤務時應據庫緩創獲詳刪執測試長須項為碼標頭對郵網稱類衝]/;

describe('the catalogues of sentences', () => {
  it.each(SENTENCES)('%s is there in every language, with the same parameters', (_key, sentence) => {
    for (const language of LANGUAGES) {
      expect(sentence[language]).toMatch(/\S/);
      expect(placeholders(sentence[language])).toEqual(placeholders(sentence.en));
    }
    expect(sentence.en).toMatch(/^[\x20-\x7e’]+$/);
    expect(sentence['zh-TW']).toMatch(/\p{Script=Han}/u);
    expect(sentence['zh-CN']).toMatch(/\p{Script=Han}/u);
    expect(sentence['zh-CN']).not.toMatch(TRADITIONAL);
    expect(sentence['zh-TW']).not.toMatch(SIMPLIFIED);
  });

  it('fills in what is known and leaves the rest to be seen', () => {
    expect(say(FIELD_SENTENCES.length, 'en', { min: 1 })).toBe('must have 1 to {max} characters');
  });

  it('finds nothing that a caller made up', () => {
    expect(find(CATALOGUES.fields ?? {}, 'constructor')).toBeUndefined();
    expect(find(CATALOGUES.errors ?? {}, '__proto__')).toBeUndefined();
  });
});

describe('Accept-Language', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['*', undefined],
    ['fr', undefined],
    ['en', 'en'],
    ['EN-us', 'en'],
    ['zh', 'zh-CN'],
    ['zh-SG', 'zh-CN'],
    ['zh-TW', 'zh-TW'],
    ['zh-hk', 'zh-TW'],
    ['zh-Hant', 'zh-TW'],
    ['zh-Hans-HK', 'zh-CN'],
    ['zh-Hant-CN', 'zh-TW'],
    ['fr, de;q=0.9, en;q=0.1', 'en'],
    ['en;q=0.5, zh-TW;q=0.8', 'zh-TW'],
    ['en;q=0.5,zh-CN;q=0.5', 'en'],
    ['en;q=0', undefined],
    ['en;q=0, zh-TW', 'zh-TW'],
    ['*, en;q=0.5', undefined],
    ['en, *;q=0.5', 'en'],
    ['en;q=nonsense, zh-CN', 'zh-CN'],
    ['en;q=1.5', undefined],
    ['english', undefined],
    [`${'fr,'.repeat(200)}en`, undefined],
  ])('%j asks for %s', (header, language) => {
    expect(acceptedLanguage(header)).toBe(language);
    expect(acceptedLanguage(header)).toBe(language);
  });
});
