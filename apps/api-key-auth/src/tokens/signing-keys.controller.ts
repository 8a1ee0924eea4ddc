import { Controller } from '@nestjs/common';
import { signingKeyOperations, type VerifyingKeyView } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { KeyRing } from './key-ring';

@Controller()
export class SigningKeysController {
  constructor(private readonly ring: KeyRing) {}

  @Handles(signingKeyOperations.list)
  async list(): Promise<{ keys: readonly VerifyingKeyView[] }> {
    return { keys: await this.ring.views() };
  }
}
