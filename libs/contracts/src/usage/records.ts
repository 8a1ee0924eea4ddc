/** What the gateway notes of one answered request. Nothing of its body, its query or its credential. */
export interface UsageRecord {
  /** When it began, as `Date.prototype.toISOString` writes it. */
  readonly time: string;
  readonly request_id: string;
  readonly method: string;
  /** The published path with its parameters as names: `/api/v1/webhooks/{id}`; `UNMATCHED_ENDPOINT` where nothing is served. */
  readonly endpoint: string;
  readonly surface: string;
  /** Status answered; `CLIENT_CLOSED_STATUS` where the client left before it had the answer. */
  readonly status: number;
  /** Microseconds from the first byte of the request to the end of the answer. */
  readonly duration_us: number;
  /** Bytes of the bodies. */
  readonly bytes_in: number;
  readonly bytes_out: number;
  /** Null where nobody in particular called. */
  readonly caller_kind: 'user' | 'api_key' | null;
  readonly caller_id: string | null;
  readonly caller_name: string | null;
  /** The project that was asked for or that the caller is confined to, where there is one. */
  readonly project_id: string | null;
  /** Code of the catalogue of errors; null where all went well. */
  readonly error_code: string | null;
  readonly address: string;
}

export const UNMATCHED_ENDPOINT = 'unmatched';
export const CLIENT_CLOSED_STATUS = 499;
export const CLIENT_CLOSED_CODE = 'CLIENT_CLOSED';

/** Records a batch may hold. */
export const USAGE_BATCH_MOST = 1_000;

export interface UsageBatch {
  /** A UUID that stays the same when the batch is sent again: it is stored once. */
  readonly id: string;
  readonly records: readonly UsageRecord[];
}

export interface UsageLogView extends Omit<UsageRecord, 'duration_us'> {
  readonly id: string;
  /** Milliseconds, to the microsecond. */
  readonly duration_ms: number;
}
