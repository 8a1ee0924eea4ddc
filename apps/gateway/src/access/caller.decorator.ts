import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError, type Principal, type UserView } from '@signalbox/contracts';
import type { FastifyRequest } from 'fastify';

const request = (context: ExecutionContext): FastifyRequest =>
  context.switchToHttp().getRequest<FastifyRequest>();

/** Who is calling (`Principal`); on a public route, or an optional one without a credential, undefined. */
export const Caller = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal | undefined => {
    return request(context).hub.principal;
  },
);

/** The signed-in user (`UserView`). An API key is no user: 404. */
export const CurrentUser = createParamDecorator((_data: unknown, context: ExecutionContext): UserView => {
  const user = request(context).hub.user;
  if (!user) throw DomainError.notFound('user');
  return user;
});
