/** A delivery that this dispatcher holds and will attempt. */
export interface Claim {
  readonly deliveryId: string;
  readonly webhookId: string;
  readonly webhookVersion: number;
  readonly eventType: string;
  /** The body to deliver and sign. */
  readonly body: string;
  /** Attempts made before. */
  readonly attempts: number;
  readonly roundStart: number;
}

export function isRetry(claim: Claim): boolean {
  return claim.attempts > claim.roundStart;
}
