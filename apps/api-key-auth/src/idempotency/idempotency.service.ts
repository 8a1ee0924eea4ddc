import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError, type IdempotencyClaim, type StoredResponse } from '@signalbox/contracts';
import { newId } from '@signalbox/database';
import { validate as isUuid } from 'uuid';
import { isStorable } from '../text';
import { IdempotencyRepository, type Claim } from './idempotency.repository';

const KEY_MAX = 255;
const DIGEST_MAX = 128;
/** Of one kept response. */
const BODY_MAX_BYTES = 256 * 1024;
const HEADERS_MAX_BYTES = 16 * 1024;

@Injectable()
export class IdempotencyService {
  constructor(private readonly records: IdempotencyRepository) {}

  async claim({ scope, key, digest }: Claim): Promise<IdempotencyClaim> {
    if (key.length === 0 || key.length > KEY_MAX || !isStorable(key))
      throw DomainError.invalid({
        field: 'Idempotency-Key',
        key: 'length',
        params: { min: 1, max: KEY_MAX },
      });
    if (digest.length > DIGEST_MAX) throw DomainError.invalid({ field: 'digest', key: 'invalid' });
    const record = await this.records.claim(
      { scope: createHash('sha256').update(scope).digest('base64url'), key, digest },
      { id: newId(), holder: randomUUID() },
    );
    if (record.digest !== digest) return { state: 'mismatch' };
    if (record.won) return { state: 'run', id: record.id };
    return record.response ? { state: 'replay', response: record.response } : { state: 'running' };
  }

  /**
   * A response too large to keep is not kept: the key stays claimed, and a repetition after the claim's time runs again under
   * the same id.
   */
  async settle({ id, response }: { id: string; response: StoredResponse }): Promise<{ stored: boolean }> {
    return { stored: isUuid(id) && keepable(response) && (await this.records.settle(id, response)) };
  }

  async release({ id }: { id: string }): Promise<{ released: boolean }> {
    return { released: isUuid(id) && (await this.records.release(id)) };
  }

  /** @returns how many forgotten records it removed: fewer than `limit` when none is left */
  sweep(limit: number): Promise<number> {
    return this.records.deleteForgotten(limit);
  }
}

function keepable({ headers, body }: StoredResponse): boolean {
  return (
    isStorable(body) &&
    Buffer.byteLength(body) <= BODY_MAX_BYTES &&
    Buffer.byteLength(JSON.stringify(headers)) <= HEADERS_MAX_BYTES
  );
}
