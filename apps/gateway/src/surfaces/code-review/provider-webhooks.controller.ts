import { HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReceivesDeliveries, SurfaceController } from '..';
import { Intake, type StoredDelivery } from '../../inbound/intake';
import { Answers, Fails } from '../../openapi/answers.decorator';
import { Field, NullableField } from '../../openapi/field.decorator';

export class ProviderDeliveryAnswer {
  @Field('Always true', true)
  received!: true;

  @Field('What it was about', 'pull_request.opened')
  eventType!: string;

  @NullableField(String, 'Review that it started; null where it started none')
  reviewId!: string | null;
}

/** One address for all endpoints of a provider: the secret tells which one is meant. */
@SurfaceController('code-review', 'webhooks')
export class ProviderWebhooksController {
  constructor(private readonly intake: Intake) {}

  @Post(':provider')
  @HttpCode(200)
  @ReceivesDeliveries('provider')
  @ApiOperation({
    summary: 'Receive a delivery of a provider',
    description: 'It belongs to the endpoint of that provider whose secret it is signed with.',
  })
  @ApiBody({ schema: {}, required: false })
  @Answers(ProviderDeliveryAnswer)
  @Fails('UNAUTHENTICATED')
  @Fails('FORBIDDEN')
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async receive(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const stored = await this.intake.receiveFrom(provider, null, request, reply);
    if (stored) await reply.send(answer(stored));
  }

  @Post(':provider/:repositoryId')
  @HttpCode(200)
  @ReceivesDeliveries('provider')
  @ApiOperation({
    summary: 'Receive a delivery about a repository',
    description: 'The id is that of an integration, or of one of its webhook endpoints.',
  })
  @ApiBody({ schema: {}, required: false })
  @Answers(ProviderDeliveryAnswer)
  @Fails('UNAUTHENTICATED')
  @Fails('FORBIDDEN')
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async receiveFor(
    @Param('provider') provider: string,
    @Param('repositoryId') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const stored = await this.intake.receiveFrom(provider, id, request, reply);
    if (stored) await reply.send(answer(stored));
  }
}

function answer({ event_type }: StoredDelivery): ProviderDeliveryAnswer {
  return { received: true, eventType: event_type, reviewId: null };
}
