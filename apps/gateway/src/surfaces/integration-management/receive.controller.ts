import { Head, HttpCode, Options, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReceivesDeliveries, SurfaceController } from '..';
import { Intake, type StoredDelivery } from '../../inbound/intake';
import { Answers, Fails } from '../../openapi/answers.decorator';
import { Field } from '../../openapi/field.decorator';

export class ReceivedAnswer {
  @Field('`duplicate`: it came before, and this is the event that it became then', 'success', {
    enum: ['success', 'duplicate'],
  })
  status!: 'success' | 'duplicate';

  @Field('Event, on disk', '019a9e2c-6f00-7000-8000-000000000002')
  event_id!: string;
}

@SurfaceController('integration-management', 'webhooks/receive')
export class ReceiveController {
  constructor(private readonly intake: Intake) {}

  @Post(':webhook_path')
  @HttpCode(200)
  @ReceivesDeliveries('receive')
  @ApiOperation({
    summary: 'Receive a delivery of a provider',
    description:
      'Any content, also packed with gzip. The signature takes the place of a credential. Handshakes of providers are answered as the provider wants them.',
  })
  @ApiBody({ schema: {}, required: false })
  @Answers(ReceivedAnswer)
  @Fails('UNAUTHENTICATED')
  @Fails('FORBIDDEN')
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async receive(
    @Param('webhook_path') path: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const stored = await this.intake.receiveAt(path, request, reply);
    if (stored) await reply.send(answer(stored));
  }

  @Options(':webhook_path')
  @ReceivesDeliveries('receive')
  @ApiOperation({
    summary: 'Say whether deliveries are welcome',
    description: 'As senders of CloudEvents ask before the first one.',
  })
  @Fails('FORBIDDEN')
  @Fails('METHOD_NOT_ALLOWED')
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async welcome(
    @Param('webhook_path') path: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.intake.receiveAt(path, request, reply);
  }

  @Head(':webhook_path')
  @ReceivesDeliveries('receive')
  @ApiOperation({
    summary: 'Say whether there is such an address',
    description: 'As Trello asks before it makes a webhook.',
  })
  @Fails('FORBIDDEN')
  @Fails('METHOD_NOT_ALLOWED')
  @Fails('NOT_FOUND', 'inbound_endpoint')
  async exists(
    @Param('webhook_path') path: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.intake.receiveAt(path, request, reply);
  }
}

function answer({ outcome, event_id }: StoredDelivery): ReceivedAnswer {
  return { status: outcome === 'stored' ? 'success' : 'duplicate', event_id };
}
