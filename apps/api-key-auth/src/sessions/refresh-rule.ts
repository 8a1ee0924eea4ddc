/** A session as it is while nobody else can change it. */
export interface LockedSession {
  readonly userId: string;
  readonly tokenId: string;
  readonly spentTokenId: string | null;
  readonly spentBy: string | null;
  readonly issuedAt: Date;
  /** Since the last refresh (or the sign-in), by the clock of the database. */
  readonly ageMs: number;
  /** Neither expired nor of a user who has been deactivated. */
  readonly live: boolean;
}

export type Verdict =
  /** The token is spent and a new pair made. */
  | 'rotate'
  /** The client did not hear the answer: it gets the same pair again. */
  | 'repeat'
  /** The token was stolen, or its thief was faster: nobody of this family goes on. */
  | 'revoke';

export const REPEAT_WITHIN_MS = 5_000;

export function judgeRefresh(session: LockedSession, tokenId: string, client: string): Verdict {
  if (!session.live) return 'revoke';
  if (tokenId === session.tokenId) return 'rotate';
  const repeated =
    tokenId === session.spentTokenId && client === session.spentBy && session.ageMs <= REPEAT_WITHIN_MS;
  return repeated ? 'repeat' : 'revoke';
}
