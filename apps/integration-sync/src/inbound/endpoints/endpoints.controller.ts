import { Controller } from '@nestjs/common';
import {
  type CallContext,
  type InboundEndpointChanges,
  type InboundEndpointFilter,
  type InboundEndpointInput,
  inboundEndpointOperations,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { EndpointsService } from './endpoints.service';

@Controller()
export class EndpointsController {
  constructor(private readonly endpoints: EndpointsService) {}

  @Handles(inboundEndpointOperations.create)
  create(input: InboundEndpointInput, context: CallContext) {
    return this.endpoints.create(input, context);
  }

  @Handles(inboundEndpointOperations.list)
  list(filter: InboundEndpointFilter, context: CallContext) {
    return this.endpoints.list(filter, context.principal);
  }

  @Handles(inboundEndpointOperations.get)
  get({ id }: { id: string }, context: CallContext) {
    return this.endpoints.get(id, context.principal);
  }

  @Handles(inboundEndpointOperations.update)
  update({ id, changes }: { id: string; changes: InboundEndpointChanges }, context: CallContext) {
    return this.endpoints.update(id, changes, context.principal);
  }

  @Handles(inboundEndpointOperations.remove)
  remove({ id }: { id: string }, context: CallContext) {
    return this.endpoints.remove(id, context.principal);
  }

  @Handles(inboundEndpointOperations.rotateSecret)
  rotateSecret(input: { id: string; overlap_seconds?: number }, context: CallContext) {
    return this.endpoints.rotateSecret(input.id, input.overlap_seconds, context.principal);
  }
}
