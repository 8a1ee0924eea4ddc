import { Controller } from '@nestjs/common';
import { idempotencyOperations, type IdempotencyClaim, type StoredResponse } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { IdempotencyService } from './idempotency.service';

@Controller()
export class IdempotencyController {
  constructor(private readonly idempotency: IdempotencyService) {}

  @Handles(idempotencyOperations.claim)
  claim(input: { scope: string; key: string; digest: string }): Promise<IdempotencyClaim> {
    return this.idempotency.claim(input);
  }

  @Handles(idempotencyOperations.settle)
  settle(input: { id: string; response: StoredResponse }): Promise<{ stored: boolean }> {
    return this.idempotency.settle(input);
  }

  @Handles(idempotencyOperations.release)
  release(input: { id: string }): Promise<{ released: boolean }> {
    return this.idempotency.release(input);
  }
}
