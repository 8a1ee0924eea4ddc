import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import {
  DomainError,
  USAGE_EXPORT_BATCH,
  usageOperations,
  type UsageCursor,
  type UsageExportQuery,
  type UsageLogView,
} from '@signalbox/contracts';
import { CallScope } from '@signalbox/observability';
import { RpcClient } from '@signalbox/rpc';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { UsageExportParameters } from './usage.dto';
import { csvHead, csvLines, jsonLines } from './usage-lines';

type Batch = readonly UsageLogView[];

/**
 * Sends the records of a time, however many: a batch is asked for when the client has taken the one before it, so that never more than
 * one is in memory.
 */
@Injectable()
export class UsageExport {
  constructor(private readonly rpc: RpcClient) {}

  async send(query: UsageExportParameters, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { format } = query;
    const wanted = { ...query.toFilter(), ...query.toRange() };
    // Before anything is sent, so that what fails at once is answered as an error.
    const first = await this.batch(wanted, null, request);
    const stream = Readable.from(this.chunks(format, wanted, first, request), {
      objectMode: false,
      highWaterMark: 1,
    });
    void reply
      .type(
        format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8',
      )
      .header('content-disposition', `attachment; filename="usage.${format === 'csv' ? 'csv' : 'ndjson'}"`)
      .header('cache-control', 'no-store')
      .send(stream);
  }

  private async *chunks(
    format: UsageExportParameters['format'],
    query: Omit<UsageExportQuery, 'after'>,
    first: Batch,
    request: FastifyRequest,
  ): AsyncGenerator<Buffer> {
    const { hub } = request;
    hub.bytesOut = 0;
    const counted = (text: string): Buffer => {
      const bytes = Buffer.from(text);
      hub.bytesOut = (hub.bytesOut ?? 0) + bytes.length;
      return bytes;
    };
    if (format === 'csv') yield counted(csvHead());
    const lines = format === 'csv' ? csvLines : jsonLines;
    for (let batch = first; ;) {
      const last = batch.at(-1);
      if (!last) return;
      yield counted(lines(batch));
      if (batch.length < USAGE_EXPORT_BATCH) return;
      try {
        batch = await this.batch(query, { time: last.time, id: last.id }, request);
      } catch (error) {
        hub.failure = error instanceof DomainError ? error.code : 'INTERNAL';
        throw error;
      }
    }
  }

  /** In a scope of its own: a slow client may take longer than a request may. */
  private batch(
    query: Omit<UsageExportQuery, 'after'>,
    after: UsageCursor | null,
    { hub }: FastifyRequest,
  ): Promise<Batch> {
    return CallScope.run(hub.callContext(), () => this.rpc.call(usageOperations.export, { ...query, after }));
  }
}
