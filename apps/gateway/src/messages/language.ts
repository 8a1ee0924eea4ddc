export const LANGUAGES = ['en', 'zh-TW', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

/** One sentence in every language; `{name}` is filled in from the parameters. */
export type Sentence = Readonly<Record<Language, string>>;
export type Sentences = Readonly<Record<string, Sentence>>;
