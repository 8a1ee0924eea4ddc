import { Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { usageOperations } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access, Paged, SurfaceController } from '..';
import { Answers, AnswersPage } from '../../openapi/answers.decorator';
import { UsageExport } from './usage-export';
import { UsageExportParameters, UsageLogParameters, UsageStatsParameters } from './usage.dto';
import { UsageLogAnswer, usageStats, UsageStatsAnswer } from './usage.view';

@SurfaceController('administration')
export class AdminUsageController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly exports: UsageExport,
  ) {}

  @Get('api-keys/usage-stats')
  @Access('read')
  @ApiOperation({
    summary: 'How the API is used',
    description:
      'Callers that are confined to projects see the requests of those, and what they asked themselves. A request counts within some seconds.',
  })
  @Answers(UsageStatsAnswer)
  async stats(@Query() query: UsageStatsParameters): Promise<UsageStatsAnswer> {
    return usageStats(await this.rpc.call(usageOperations.stats, query.toQuery()));
  }

  @Get('api-keys/usage-stats/export')
  @Access('admin')
  @ApiOperation({
    summary: 'Export the record of every request, oldest first',
    description:
      'Keys that are confined to projects get the records of those, and of what they asked themselves.',
  })
  @ApiOkResponse({
    description: 'As many lines as there are records',
    content: {
      'text/csv': { schema: { type: 'string' } },
      'application/x-ndjson': { schema: { type: 'string' } },
    },
  })
  async export(
    @Query() query: UsageExportParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.exports.send(query, request, reply);
  }

  @Get('usage-logs')
  @Access('admin')
  @ApiOperation({
    summary: 'List the record of every request, newest first',
    description:
      'Keys that are confined to projects see the records of those, and of what they asked themselves. The total of a list that has more than 100 000 records is 100 000: use the export for those.',
  })
  @AnswersPage(UsageLogAnswer)
  async logs(@Query() query: UsageLogParameters): Promise<Paged<UsageLogAnswer>> {
    return new Paged(await this.rpc.call(usageOperations.logs, query.toQuery()));
  }
}
