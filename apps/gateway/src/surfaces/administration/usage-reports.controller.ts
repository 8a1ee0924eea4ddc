import { Body, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { usageReportOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, Paged, SurfaceController } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { PageLimitQuery } from '../../validation';
import { DeletedAnswer } from '../shared/deleted';
import {
  CreateUsageReport,
  RunUsageReport,
  UpdateUsageReport,
  UsageReportAnswer,
  UsageReportResultAnswer,
} from './usage-report.dto';

@SurfaceController('administration', 'usage-reports')
export class AdminUsageReportsController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'List the saved reports' })
  @AnswersPage(UsageReportAnswer)
  async list(@Query() query: PageLimitQuery): Promise<Paged<UsageReportAnswer>> {
    return new Paged(await this.rpc.call(usageReportOperations.list, query.toPageRequest()));
  }

  @Post()
  @Access('admin')
  @ApiOperation({ summary: 'Save a report: what requests are grouped by, and which' })
  @Answers(UsageReportAnswer)
  @Fails('CONFLICT', 'resource')
  async create(@Body() body: CreateUsageReport): Promise<UsageReportAnswer> {
    return await this.rpc.call(usageReportOperations.create, body);
  }

  @Get(':report_id')
  @Access('admin')
  @ApiOperation({ summary: 'Read a report' })
  @Answers(UsageReportAnswer)
  @Fails('NOT_FOUND', 'resource')
  async get(@Param('report_id') id: string): Promise<UsageReportAnswer> {
    return await this.rpc.call(usageReportOperations.get, { id });
  }

  @Put(':report_id')
  @Access('admin')
  @ApiOperation({ summary: 'Change a report', description: 'What is left out stays as it is.' })
  @Answers(UsageReportAnswer)
  @Fails('NOT_FOUND', 'resource')
  @Fails('CONFLICT', 'resource')
  async update(
    @Param('report_id') id: string,
    @Body() changes: UpdateUsageReport,
  ): Promise<UsageReportAnswer> {
    return await this.rpc.call(usageReportOperations.update, { id, changes });
  }

  @Delete(':report_id')
  @Access('admin')
  @ApiOperation({ summary: 'Delete a report' })
  @Answers(DeletedAnswer)
  @Fails('NOT_FOUND', 'resource')
  async remove(@Param('report_id') id: string): Promise<DeletedAnswer> {
    return await this.rpc.call(usageReportOperations.remove, { id });
  }

  @Get(':report_id/run')
  @Access('admin')
  @ApiOperation({ summary: 'Run a report' })
  @Answers(UsageReportResultAnswer)
  @Fails('NOT_FOUND', 'resource')
  async run(
    @Param('report_id') id: string,
    @Query() query: RunUsageReport,
  ): Promise<UsageReportResultAnswer> {
    return await this.rpc.call(usageReportOperations.run, { id, ...query.toRange() });
  }
}
