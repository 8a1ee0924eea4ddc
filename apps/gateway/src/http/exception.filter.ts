import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Failures } from './failures';

/** Everything thrown anywhere ends here, also what Fastify refuses before a controller is reached. */
@Catch()
export class HubExceptionFilter implements ExceptionFilter {
  constructor(private readonly failures: Failures) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.failures.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
