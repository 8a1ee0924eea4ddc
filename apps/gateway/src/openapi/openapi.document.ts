import { Injectable, type INestApplication } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { routeFacts } from '../surfaces/declare-route';
import { publishedPath } from '../surfaces/published-path';
import { SURFACES } from '../surfaces/surface';
import { describeOperation } from './describe-operation';
import { inputsOf, type DescribedRoute } from './described-route';
import { failureSchemas } from './errors';
import { HEADER_PARAMETERS, HEADERS } from './headers';
import { inputFields, type InputClass } from './input-schema';
import { METHODS, isReference, type PathItem, type Schema } from './schema';
import { SECURITY_SCHEMES } from './security';
import { VERSION } from './version';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Controller = { readonly name: string; readonly prototype: object };

const ABOUT = `A self-hosted integration hub: events out as signed webhooks that are never lost, providers' webhooks in, verified.

One hub, five published surfaces: they differ in paths, field names and envelopes, and stand on the same data.
A credential works on all of them. Unknown fields of a body are refused; trailing slashes are optional.`;

/** The OpenAPI document of every surface, made from the controllers once, when somebody first asks. */
@Injectable()
export class OpenApiDocument {
  private app: INestApplication | undefined;
  private text: string | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** Names the application whose controllers are described. */
  describe(app: INestApplication): void {
    this.app = app;
  }

  json(): string {
    this.text ??= JSON.stringify(this.build());
    return this.text;
  }

  /** @throws Error before `describe` */
  build(): OpenAPIObject {
    if (!this.app) throw new Error('There is no application to describe');
    const found = SwaggerModule.createDocument(this.app, base(), {
      operationIdFactory: operationId,
      autoTagControllers: false,
    });
    const routes = this.routes();
    const inputs = [...routes.values()].flatMap(({ body }) => (body ? [body] : []));
    return {
      ...found,
      paths: publishedPaths(found.paths, routes),
      components: {
        ...found.components,
        schemas: {
          ...answerSchemas(found.components?.schemas ?? {}),
          ...failureSchemas(),
          ...inputSchemas(inputs, found.components?.schemas ?? {}),
        },
        headers: { ...HEADERS },
        parameters: { ...HEADER_PARAMETERS },
      },
    };
  }

  /** The routes of every surface by operation id. */
  private routes(): Map<string, Omit<DescribedRoute, 'method' | 'path'>> {
    const controllers = this.discovery.getControllers().map(({ metatype }) => metatype as Controller);
    return new Map(
      controllers.flatMap((controller) =>
        Object.entries(Object.getOwnPropertyDescriptors(controller.prototype)).flatMap(
          ([name, { value }]) => {
            const handler = value as object;
            const facts = typeof handler === 'function' ? routeFacts(handler) : undefined;
            return facts
              ? [
                  [
                    operationId(controller.name, name),
                    { handler, facts, ...inputsOf(controller, name) },
                  ] as const,
                ]
              : [];
          },
        ),
      ),
    );
  }
}

function base(): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Signalbox')
    .setDescription(ABOUT)
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This hub');
  for (const { title, id, base: path } of Object.values(SURFACES)) {
    builder.addTag(title, `Surface ${id}, under \`${path}\``);
  }
  for (const [name, scheme] of Object.entries(SECURITY_SCHEMES)) builder.addSecurity(name, { ...scheme });
  return builder.build();
}

function operationId(controller: string, method: string): string {
  const stem = controller.replace(/Controller$/, '');
  return `${stem.charAt(0).toLowerCase()}${stem.slice(1)}_${method}`;
}

function publishedPaths(
  paths: OpenAPIObject['paths'],
  routes: ReadonlyMap<string, Omit<DescribedRoute, 'method' | 'path'>>,
): OpenAPIObject['paths'] {
  const published: Record<string, PathItem> = {};
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      const route = operation?.operationId === undefined ? undefined : routes.get(operation.operationId);
      // What belongs to no surface (probes, metrics) is for whoever runs the hub.
      if (!operation || !route) continue;
      const name = publishedPath(path, route.facts.surface);
      const described = describeOperation(operation, { ...route, method, path: name });
      published[name] = { ...published[name], [method]: described };
    }
  }
  return published;
}

/** A body that no class describes leaves an empty `Object` behind. */
function answerSchemas({ Object: _empty, ...schemas }: Schemas): Schemas {
  return schemas;
}

/** Schemas of everything that is sent: the words from the documented fields, the rules from their validation. */
function inputSchemas(types: readonly InputClass[], documented: Schemas): Record<string, Schema> {
  const schemas: Record<string, Schema> = {};
  const waiting = [...types];
  for (let type = waiting.pop(); type; type = waiting.pop()) {
    if (schemas[type.name]) continue;
    const fields = inputFields(type);
    const words = documented[type.name];
    const wordsOf = (words && !isReference(words) ? words.properties : undefined) ?? {};
    schemas[type.name] = {
      type: 'object',
      properties: Object.fromEntries(
        fields.map(({ name, schema }) => [name, { ...wordsFor(wordsOf[name]), ...schema }]),
      ),
      required: fields.filter(({ required }) => required).map(({ name }) => name),
      additionalProperties: false,
    };
    waiting.push(...fields.flatMap(({ nested }) => nested ?? []));
  }
  return schemas;
}

function wordsFor(documented: object | undefined): Pick<Schema, 'description' | 'example'> {
  const { description, example } = (documented ?? {}) as { description?: string; example?: unknown };
  return {
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
}
