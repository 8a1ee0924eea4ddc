import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The body exactly as it came (`Buffer`); empty where there was none. */
export const RawBody = createParamDecorator((_data: unknown, context: ExecutionContext): Buffer => {
  return context.switchToHttp().getRequest<FastifyRequest>().hub.rawBody ?? Buffer.alloc(0);
});
