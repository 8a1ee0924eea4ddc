import { Injectable } from '@nestjs/common';
import { USAGE_EXPORT_BATCH, usageOperations, type UsageLogView } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendExport } from './export-stream';
import type { UsageExportParameters } from './usage.dto';
import { csvHead, csvLines } from './usage-lines';

/** Sends the records of a time, however many. */
@Injectable()
export class UsageExport {
  constructor(private readonly rpc: RpcClient) {}

  send(query: UsageExportParameters, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const wanted = { ...query.toFilter(), ...query.toRange() };
    const batch = (last: UsageLogView | undefined) =>
      this.rpc.call(usageOperations.export, {
        ...wanted,
        after: last ? { time: last.time, id: last.id } : null,
      });
    return sendExport(
      { name: 'usage', batchSize: USAGE_EXPORT_BATCH, batch, csvHead, csvLines },
      query.format,
      request,
      reply,
    );
  }
}
