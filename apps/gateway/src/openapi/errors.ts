import type { FieldProblem } from '@signalbox/contracts';
import { CODE_SENTENCES, ERROR_SENTENCES } from '../messages/error-sentences';
import { FIELD_SENTENCES } from '../messages/field-sentences';
import { find, say } from '../messages/messages';
import { publishedCode } from '../surfaces/codes';
import { SURFACES, type Surface } from '../surfaces/surface';
import type { SurfaceName } from '../surfaces/surface-name';
import type { FailureFacts } from './answers.decorator';
import { ENVELOPE_SCHEMAS } from './envelope-schemas';
import { errorPagePath } from './paths';
import { reference, type Response, type Schema } from './schema';

const EXAMPLE_PROBLEM: FieldProblem = { field: 'name', key: 'required' };

export const failureSchemaName = (surface: SurfaceName): string => `${SURFACES[surface].id}Error`;

export function failureSchemas(): Record<string, Schema> {
  return Object.fromEntries(
    Object.values(SURFACES).map(({ name }) => [failureSchemaName(name), ENVELOPE_SCHEMAS[name].failure]),
  );
}

/** The error answers of an operation by status, each with the surface's own example of every code. */
export function errorResponses(
  surface: Surface,
  errors: readonly FailureFacts[],
  path: string,
): Record<string, Response> {
  const byStatus = Object.groupBy(
    errors.map((error) => ({ error, published: publishedCode(surface.errors, error.code, error.resource) })),
    ({ published }) => String(published.status),
  );
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, described = []]) => [
      status,
      {
        description: described
          .map(({ error }) => `${sentence(error)} ([${error.code}](${errorPagePath(error.code)}))`)
          .join('; '),
        content: {
          'application/json': {
            schema: reference('schemas', failureSchemaName(surface.name)),
            examples: Object.fromEntries(
              described.map(({ error, published }) => [
                exampleName(error),
                { summary: sentence(error), value: example(surface, error, published.code, path) },
              ]),
            ),
          },
        },
      },
    ]),
  );
}

const exampleName = ({ code, resource }: FailureFacts): string => (resource ? `${code}.${resource}` : code);

function sentence({ code, resource }: FailureFacts): string {
  const ofResource =
    resource && code === 'NOT_FOUND' ? find(ERROR_SENTENCES, `${resource}_not_found`) : undefined;
  return say(ofResource ?? CODE_SENTENCES[code], 'en');
}

function example(surface: Surface, error: FailureFacts, code: string, path: string): object {
  const failed = surface.envelope.failure(
    {
      code,
      message: sentence(error),
      fields:
        error.code === 'VALIDATION_FAILED'
          ? [{ field: EXAMPLE_PROBLEM.field, message: say(FIELD_SENTENCES.required, 'en') }]
          : [],
      retryAfter: error.code === 'RATE_LIMITED' ? 30 : undefined,
    },
    { language: 'en', says: 'ok', url: path, publicOrigin: () => 'http://127.0.0.1:8093' },
  );
  // The moment of this start is no example.
  return 'timestamp' in failed ? { ...failed, timestamp: '2025-06-24T12:00:00.000Z' } : failed;
}
