import { Body, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { alertOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, Paged, SurfaceController } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { PageLimitQuery } from '../../validation';
import { DeletedAnswer } from '../shared/deleted';
import { AlertAnswer, AlertChangeAnswer, CreateAlert, UpdateAlert } from './alert.dto';

@SurfaceController('administration', 'alerts')
export class AdminAlertsController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'List the alerts, by name, with their state' })
  @AnswersPage(AlertAnswer)
  async list(@Query() query: PageLimitQuery): Promise<Paged<AlertAnswer>> {
    return new Paged(await this.rpc.call(alertOperations.list, query.toPageRequest()));
  }

  @Post()
  @Access('admin')
  @ApiOperation({
    summary: 'Make an alert: a rule that is evaluated every minute',
    description: 'When it begins to fire and when it is resolved, `system.alert` is published.',
  })
  @Answers(AlertAnswer)
  @Fails('CONFLICT', 'resource')
  async create(@Body() body: CreateAlert): Promise<AlertAnswer> {
    return await this.rpc.call(alertOperations.create, body);
  }

  @Get(':alert_id')
  @Access('admin')
  @ApiOperation({ summary: 'Read an alert and its state' })
  @Answers(AlertAnswer)
  @Fails('NOT_FOUND', 'resource')
  async get(@Param('alert_id') id: string): Promise<AlertAnswer> {
    return await this.rpc.call(alertOperations.get, { id });
  }

  @Put(':alert_id')
  @Access('admin')
  @ApiOperation({
    summary: 'Change an alert',
    description:
      'What is left out stays as it is. It is evaluated anew within seconds. One that fires and is switched off is resolved.',
  })
  @Answers(AlertAnswer)
  @Fails('NOT_FOUND', 'resource')
  @Fails('CONFLICT', 'resource')
  async update(@Param('alert_id') id: string, @Body() changes: UpdateAlert): Promise<AlertAnswer> {
    return await this.rpc.call(alertOperations.update, { id, changes });
  }

  @Delete(':alert_id')
  @Access('admin')
  @ApiOperation({ summary: 'Delete an alert', description: 'One that fires is resolved.' })
  @Answers(DeletedAnswer)
  @Fails('NOT_FOUND', 'resource')
  async remove(@Param('alert_id') id: string): Promise<DeletedAnswer> {
    return await this.rpc.call(alertOperations.remove, { id });
  }

  @Get(':alert_id/history')
  @Access('admin')
  @ApiOperation({ summary: 'List when an alert fired and was resolved, newest first, for 30 days' })
  @AnswersPage(AlertChangeAnswer)
  @Fails('NOT_FOUND', 'resource')
  async history(
    @Param('alert_id') id: string,
    @Query() query: PageLimitQuery,
  ): Promise<Paged<AlertChangeAnswer>> {
    return new Paged(await this.rpc.call(alertOperations.history, { id, ...query.toPageRequest() }));
  }
}
