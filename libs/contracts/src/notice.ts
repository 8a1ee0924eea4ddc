/**
 * A notice tells other processes that something changed (the database is the truth; a notice only wakes).
 * `everyone` reaches each process once, `one-of-each` reaches one process of every subscribed service.
 * Losing one must be harmless beyond a delay: whoever listens also has a time limit or a sweeper.
 */
export interface Notice<Payload> {
  readonly name: string;
  readonly reach: 'everyone' | 'one-of-each';
  /** Types only: never set. */
  readonly types?: Payload;
}

export function notice<Payload>(name: string, reach: Notice<Payload>['reach']): Notice<Payload> {
  return { name, reach };
}
