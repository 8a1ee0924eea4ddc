import { CODE_SENTENCES, ERROR_SENTENCES } from './error-sentences';
import { FIELD_SENTENCES } from './field-sentences';
import { OPERATION_SENTENCES } from './operation-sentences';
import type { Language, Sentence, Sentences } from './language';

export type Parameters = Readonly<Record<string, string | number>>;

/** Every catalogue by name, for the spec that compares the languages. */
export const CATALOGUES: Readonly<Record<string, Sentences>> = {
  codes: CODE_SENTENCES,
  errors: ERROR_SENTENCES,
  fields: FIELD_SENTENCES,
  operations: OPERATION_SENTENCES,
};

export function find<S extends Partial<Sentence>>(
  catalogue: Readonly<Record<string, S | undefined>>,
  key: string,
): S | undefined {
  return Object.hasOwn(catalogue, key) ? catalogue[key] : undefined;
}

/** The sentence in `language`, its placeholders filled in; one without a parameter stays visible as `{name}`. */
export function say(sentence: Sentence, language: Language, params: Parameters = {}): string {
  return sentence[language].replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : placeholder,
  );
}
