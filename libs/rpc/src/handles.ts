import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { CallContext, Operation } from '@signalbox/contracts';
import { throwError, type Observable } from 'rxjs';

export type OperationHandler<In, Out> = (input: In, context: CallContext) => Promise<Out>;

/** Nest would turn every error but its own into "Internal server error" before the transport sees it. */
@Catch()
class LetErrorsThrough implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Makes a method of a Nest controller the handler of `operation`. The method takes `(input, context)` and answers a
 * promise of the operation's output; anything else does not compile. It answers a JSON value (null, never undefined).
 */
export function Handles<In, Out>(operation: Operation<In, Out>) {
  const decorateMethod = applyDecorators(
    MessagePattern(operation.name, { operation }),
    UseFilters(new LetErrorsThrough()),
  );
  return <Method extends OperationHandler<In, Out>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    decorateMethod(target, key, descriptor);
  };
}
