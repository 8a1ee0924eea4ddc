import { SURFACES } from '../surfaces/surface';
import { answerFacts, failureFacts, type AnswerFacts, type FailureFacts } from './answers.decorator';
import type { DescribedRoute } from './described-route';
import { ENVELOPE_SCHEMAS } from './envelope-schemas';
import { errorResponses } from './errors';
import { answerHeaders } from './headers';
import { inputFields } from './input-schema';
import { isReference, reference, type Operation, type Parameter, type Response } from './schema';
import { accessText, mayForbid, securityOf } from './security';

/** The words for the parameters of every list. */
const PAGING: Readonly<Record<string, string>> = {
  page: 'Page, from 1',
  size: 'Items a page',
  limit: 'Items a page',
  page_size: 'Items a page',
  pageSize: 'Items a page',
};

/** What @nestjs/swagger found out about a route, and all that follows from the route's facts. */
export function describeOperation(operation: Operation, route: DescribedRoute): Operation {
  const { facts, handler } = route;
  const answer = answerFacts(handler);
  return {
    ...operation,
    tags: [SURFACES[facts.surface].title],
    description: [operation.description, accessText(facts.access)].filter(Boolean).join('\n\n'),
    security: securityOf(facts.access),
    parameters: parametersOf(operation, route),
    responses: {
      ...(answer ? success(operation, answer, route) : operation.responses),
      ...failures(operation, route),
    },
    ...{ 'x-access': facts.access },
  };
}

const replays = ({ method, facts }: DescribedRoute): boolean => method === 'post' && facts.idempotent;
const counted = ({ facts }: DescribedRoute): boolean => facts.limit !== 'none';

function parametersOf(operation: Operation, route: DescribedRoute): Operation['parameters'] {
  const found = (operation.parameters ?? []).filter(
    (parameter): parameter is Parameter => !isReference(parameter),
  );
  const inPath = found
    .filter((parameter) => parameter.in === 'path')
    .map((parameter) => ({ ...parameter, schema: { type: 'string', minLength: 1, maxLength: 255 } }));
  return [
    ...inPath,
    ...queryParameters(
      found.filter((parameter) => parameter.in === 'query'),
      route,
    ),
    reference('parameters', 'RequestId'),
    reference('parameters', 'AcceptLanguage'),
    ...(replays(route) ? [reference('parameters', 'IdempotencyKey')] : []),
  ];
}

function queryParameters(found: readonly Parameter[], { query }: DescribedRoute): Parameter[] {
  return (query ? inputFields(query) : []).map(({ name, required, schema }) => {
    const documented = found.find((parameter) => parameter.name === name);
    const description = documented?.description ?? PAGING[name];
    const example = exampleOf(documented);
    return {
      name,
      in: 'query',
      required,
      schema,
      ...(description !== undefined && { description }),
      ...(example !== undefined && { example }),
    };
  });
}

function exampleOf(parameter: Parameter | undefined): unknown {
  const schema = parameter?.schema;
  return parameter?.example ?? (schema && !isReference(schema) ? schema.example : undefined);
}

function success(operation: Operation, answer: AnswerFacts, route: DescribedRoute): Record<string, Response> {
  const [status = '200'] = Object.keys(operation.responses);
  const envelope = ENVELOPE_SCHEMAS[route.facts.surface];
  const content = reference('schemas', answer.type.name);
  const schema =
    answer.list === undefined
      ? envelope.success(content)
      : envelope.page({ type: 'array', items: content }, answer.list);
  return {
    [status]: {
      description: operation.summary ?? 'Done',
      headers: answerHeaders(counted(route), ...(replays(route) ? ['Idempotent-Replayed'] : [])),
      content: { 'application/json': { schema } },
    },
  };
}

function failures(operation: Operation, route: DescribedRoute): Record<string, Response> {
  const responses = errorResponses(SURFACES[route.facts.surface], failuresOf(operation, route), route.path);
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      { ...response, headers: answerHeaders(counted(route), ...(status === '429' ? ['Retry-After'] : [])) },
    ]),
  );
}

function failuresOf(operation: Operation, route: DescribedRoute): FailureFacts[] {
  const { access } = route.facts;
  const body = operation.requestBody !== undefined;
  const codes: readonly (FailureFacts['code'] | false)[] = [
    (body || replays(route) || route.query !== undefined) && 'VALIDATION_FAILED',
    body && 'MALFORMED_BODY',
    body && 'PAYLOAD_TOO_LARGE',
    body && 'UNSUPPORTED_MEDIA_TYPE',
    access.credential !== 'none' && 'UNAUTHENTICATED',
    mayForbid(access) && 'FORBIDDEN',
    replays(route) && 'CONFLICT',
    counted(route) && 'RATE_LIMITED',
    'INTERNAL',
    'SERVICE_UNAVAILABLE',
    'DATABASE_UNAVAILABLE',
    'DEADLINE_EXCEEDED',
  ];
  return [
    ...codes.filter((code) => code !== false).map((code) => ({ code })),
    ...failureFacts(route.handler),
  ];
}
