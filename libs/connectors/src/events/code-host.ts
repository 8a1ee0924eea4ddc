import type { InboundSubject, InboundTopic } from '@signalbox/contracts';
import { nameAt, textAt, urlAt } from '../delivery/fields';

type Topics = Readonly<Record<string, InboundTopic>>;

/** What `word` stands for; null for a word that is not among ours, whatever it is. */
export function topicOf(topics: Topics, word: string | null): InboundTopic | null {
  return word !== null && Object.hasOwn(topics, word) ? (topics[word] ?? null) : null;
}

/** `parts` of a full name with slashes between them; null unless all are there. */
export function fullName(...parts: readonly (string | null)[]): string | null {
  return parts.includes(null) ? null : parts.join('/');
}

export interface SubjectPaths {
  readonly kind: string;
  readonly id: readonly (string | number)[];
  readonly title?: readonly (string | number)[];
  readonly url?: readonly (string | number)[];
}

/** The first of the subjects that the payload has. */
export function subjectAt(payload: unknown, ...candidates: readonly SubjectPaths[]): InboundSubject | null {
  for (const { kind, id, title, url } of candidates) {
    const found = nameAt(payload, ...id);
    if (found === null) continue;
    return {
      kind,
      id: found,
      title: title ? textAt(payload, ...title) : null,
      url: url ? urlAt(payload, ...url) : null,
    };
  }
  return null;
}
