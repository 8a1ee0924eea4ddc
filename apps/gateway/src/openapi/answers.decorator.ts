import { ApiExtraModels } from '@nestjs/swagger';
import type { ErrorCode, ResourceKind } from '@signalbox/contracts';

type AnswerType = new () => object;

/** What a route answers when all went well: the envelope around it is the surface's own. */
export interface AnswerFacts {
  readonly type: AnswerType;
  /** The answer is a page of a list; S0 names the list. */
  readonly list?: string;
}

/** An error that follows from what the route does. Those that follow from its facts need no mention. */
export interface FailureFacts {
  readonly code: ErrorCode;
  readonly resource?: ResourceKind;
}

const answers = new WeakMap<object, AnswerFacts>();
const failures = new WeakMap<object, FailureFacts[]>();

function declare(facts: AnswerFacts): MethodDecorator {
  return (target, name, descriptor) => {
    answers.set(descriptor.value as object, facts);
    ApiExtraModels(facts.type)(target, name, descriptor);
  };
}

/** One resource of that type. */
export const Answers = (type: AnswerType): MethodDecorator => declare({ type });

/** A page of such resources. @param list the name of the list on S0 */
export const AnswersPage = (type: AnswerType, list = 'items'): MethodDecorator => declare({ type, list });

/** May also fail like this. */
export function Fails(code: ErrorCode, resource?: ResourceKind): MethodDecorator {
  return (_target, _name, descriptor) => {
    const handler = descriptor.value as object;
    failures.set(handler, [...(failures.get(handler) ?? []), { code, resource }]);
  };
}

/** The facts declared on a controller's method. */
export const answerFacts = (handler: object): AnswerFacts | undefined => answers.get(handler);
export const failureFacts = (handler: object): readonly FailureFacts[] => failures.get(handler) ?? [];
