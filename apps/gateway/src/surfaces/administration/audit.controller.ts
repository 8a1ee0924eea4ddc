import { Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { AUDIT_EXPORT_BATCH, auditOperations, type AuditEntryView } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access, Paged, SurfaceController } from '..';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { AuditExportParameters, AuditListParameters } from './audit.dto';
import { AuditEntryAnswer } from './audit.view';
import { csvLine } from './csv';
import { sendExport } from './export-stream';

const COLUMNS = [
  'time',
  'id',
  'seq',
  'hash',
  'outcome',
  'action',
  'reason',
  'actor_kind',
  'actor_id',
  'actor_name',
  'resource_type',
  'resource_id',
  'before',
  'after',
  'address',
  'agent',
  'surface',
  'request_id',
] as const satisfies readonly (keyof AuditEntryView)[];

@SurfaceController('administration', 'audit-logs')
export class AdminAuditController {
  constructor(private readonly rpc: RpcClient) {}

  @Get()
  @Access('admin')
  @ApiOperation({
    summary: 'List what was changed, and what was refused, newest first',
    description:
      'Every change, with who made it, from where, and what was different before; and every call that its caller had no right to. The total of a list that has more than 100 000 entries is 100 000.',
  })
  @AnswersPage(AuditEntryAnswer)
  async list(@Query() query: AuditListParameters): Promise<Paged<AuditEntryAnswer>> {
    return new Paged(await this.rpc.call(auditOperations.list, query.toQuery()));
  }

  @Get('export')
  @Access('admin')
  @ApiOperation({ summary: 'Export the audit log, oldest first' })
  @ApiOkResponse({
    description: 'As many lines as there are entries',
    content: {
      'text/csv': { schema: { type: 'string' } },
      'application/x-ndjson': { schema: { type: 'string' } },
    },
  })
  async export(
    @Query() query: AuditExportParameters,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const filter = query.toFilter();
    await sendExport<AuditEntryView>(
      {
        name: 'audit',
        batchSize: AUDIT_EXPORT_BATCH,
        batch: (last) =>
          this.rpc.call(auditOperations.export, {
            ...filter,
            after: last ? { time: last.time, id: last.id } : null,
          }),
        csvHead: () => csvLine(COLUMNS),
        csvLines: (entries) => entries.map((entry) => csvLine(COLUMNS.map((name) => entry[name]))).join(''),
      },
      query.format,
      request,
      reply,
    );
  }

  @Get(':entry_id')
  @Access('admin')
  @ApiOperation({ summary: 'Read an entry of the audit log' })
  @Answers(AuditEntryAnswer)
  @Fails('NOT_FOUND', 'resource')
  async get(@Param('entry_id') id: string): Promise<AuditEntryAnswer> {
    return await this.rpc.call(auditOperations.get, { id });
  }
}
