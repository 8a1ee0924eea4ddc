import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Answer } from './answer';

type Json = Readonly<Record<string, unknown>>;

export interface PublishedOperation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly parameters: readonly Json[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly responses: Readonly<Record<string, Json>>;
}

/** Values in these places are examples, not schemas. */
const NO_SCHEMAS = new Set(['example', 'examples', 'enum', 'default', 'x-access']);

/** The OpenAPI document of a hub, and whether its answers keep to it. */
export class PublishedDocument {
  readonly document: Json;
  readonly operations: readonly PublishedOperation[];
  private readonly ajv: Ajv2020;
  private readonly checks = new Map<string, ValidateFunction>();

  constructor(text: string) {
    this.document = JSON.parse(text) as Json;
    this.operations = Object.entries(this.document.paths as Record<string, Json>).flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, operation]) =>
          ({ ...(operation as object), method: method.toUpperCase(), path }) as PublishedOperation,
      ),
    );
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addSchema(nothingMore(this.document), 'hub');
  }

  /** @throws Error where an answer of a documented operation is not as documented */
  check(method: string, path: string, { status, body, text }: Answer): void {
    const operation = this.find(method, path);
    if (!operation) return;
    const where = `${method} ${operation.path} ${status}`;
    if (!operation.responses[String(status)]) throw new Error(`${where} is not documented: ${text}`);
    if (body === undefined) return;
    const check = this.schemaCheck(operation, status);
    if (!check(body)) {
      throw new Error(`${where} is not as documented: ${this.ajv.errorsText(check.errors)}\n${text}`);
    }
  }

  find(method: string, path: string): PublishedOperation | undefined {
    const asked = segments(path.split('?', 1)[0] ?? '');
    const matching = this.operations.filter((operation) => {
      const published = segments(operation.path);
      return (
        operation.method === method &&
        published.length === asked.length &&
        published.every((segment, i) => segment.startsWith('{') || segment === asked[i])
      );
    });
    // As a router does: what is written out comes before what stands for anything.
    const variables = ({ path: published }: PublishedOperation) => published.split('{').length;
    return matching.sort((a, b) => variables(a) - variables(b))[0];
  }

  /** A schema of the document, its references followed one step. */
  resolve(schema: Json): Json {
    const { $ref } = schema;
    if (typeof $ref !== 'string') return schema;
    return $ref
      .slice(2)
      .split('/')
      .reduce((at: Json, name) => at[name] as Json, this.document);
  }

  private schemaCheck({ method, path }: PublishedOperation, status: number): ValidateFunction {
    const pointer = [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      'application/json',
      'schema',
    ]
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const known = this.checks.get(pointer);
    if (known) return known;
    const compiled = this.ajv.compile({ $ref: `hub#/${pointer}` });
    this.checks.set(pointer, compiled);
    return compiled;
  }
}

const segments = (path: string): string[] => path.split('/').filter(Boolean);

/** The same document, in which an answer may have no fields that nobody documented. */
function nothingMore(value: unknown): Json {
  return walk(value) as Json;

  function walk(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(
      Object.entries(node).map(([name, inner]) => [name, NO_SCHEMAS.has(name) ? inner : walk(inner)]),
    );
    const closed = 'properties' in copy && copy.type !== undefined && !('additionalProperties' in copy);
    return closed ? { ...copy, additionalProperties: false } : copy;
  }
}
