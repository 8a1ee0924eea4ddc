import { Body, Get, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { eventTypeOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, Paged, SurfaceController } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { PageLimitQuery } from '../../validation';
import { CreateEventType, EventTypeAnswer } from './event-type.dto';

@SurfaceController('administration', 'event-types')
export class AdminEventTypesController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('read')
  @ApiOperation({ summary: 'List the event types that can be published and subscribed to' })
  @AnswersPage(EventTypeAnswer)
  async list(@Query() query: PageLimitQuery): Promise<Paged<EventTypeAnswer>> {
    return new Paged(await this.rpc.call(eventTypeOperations.list, query.toPageRequest()));
  }

  @Post()
  @Access('admin')
  @ApiOperation({ summary: 'Register an event type' })
  @Answers(EventTypeAnswer)
  @Fails('CONFLICT', 'event_type')
  async create(@Body() body: CreateEventType): Promise<EventTypeAnswer> {
    return await this.rpc.call(eventTypeOperations.create, body);
  }
}
