/** What several providers call differently. Null for everything that only one of them knows. */
export type InboundTopic =
  | 'push'
  | 'pull_request.opened'
  | 'pull_request.reopened'
  /** The head moved, or may have: Bitbucket and Azure DevOps do not tell which part of a pull request changed. */
  | 'pull_request.synchronized'
  | 'pull_request.updated'
  | 'pull_request.merged'
  | 'pull_request.closed';

/** What the event is about. */
export interface InboundSubject {
  /** A word of ours: `pull_request`, `issue`, `message`, … */
  readonly kind: string;
  /** As people know it: the number of a pull request, the key of an issue. */
  readonly id: string;
  readonly title: string | null;
  readonly url: string | null;
}

/** One thing that happened at a provider, in the words of the hub. Texts come from outside: bounded, free of control characters, otherwise untrusted. */
export interface NormalizedEvent {
  /** Id of the connector. */
  readonly provider: string;
  /** The same whenever the provider sends this delivery again; null where the provider has no such id. */
  readonly delivery_id: string | null;
  /** Place in the delivery, from 0: some providers send many events at once. */
  readonly part: number;
  /** As the provider names it. */
  readonly event: string;
  /** What the provider says of the event apart from its name. */
  readonly action: string | null;
  readonly topic: InboundTopic | null;
  /** ISO 8601 in UTC with milliseconds; when it was received where the provider does not say. */
  readonly occurred_at: string;
  readonly subject: InboundSubject | null;
  /** Full name: `owner/name`. */
  readonly repository: string | null;
  /** Commit that a push or a pull request is at. */
  readonly revision: string | null;
  /** A sentence for people, in English. */
  readonly summary: string;
}
