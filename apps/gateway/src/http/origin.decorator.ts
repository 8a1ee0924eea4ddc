import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ClientOrigin } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';

const MAX_AGENT_LENGTH = 255;

/** Where the request comes from (`ClientOrigin`): the address behind trusted proxies, and the user agent. */
export const Origin = createParamDecorator((_data: unknown, context: ExecutionContext): ClientOrigin => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return { address: request.ip, agent: (request.headers['user-agent'] ?? '').slice(0, MAX_AGENT_LENGTH) };
});
