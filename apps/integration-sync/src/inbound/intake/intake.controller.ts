import { Controller } from '@nestjs/common';
import { type CallContext, type InboundRequestInput, inboundOperations } from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { IntakeService } from './intake.service';

@Controller()
export class IntakeController {
  constructor(private readonly intake: IntakeService) {}

  @Handles(inboundOperations.door)
  door({ path }: { path: string }) {
    return this.intake.door(path);
  }

  @Handles(inboundOperations.receive)
  receive(input: InboundRequestInput, context: CallContext) {
    return this.intake.receive(input, context);
  }
}
