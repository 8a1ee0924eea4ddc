import type { OpenAPIObject } from '@nestjs/swagger';

type Components = NonNullable<OpenAPIObject['components']>;
type Without<T> = Exclude<T, { $ref: string }>;

export type PathItem = OpenAPIObject['paths'][string];
export type Operation = NonNullable<PathItem['get']>;
export type Schema = Without<NonNullable<Components['schemas']>[string]>;
export type Parameter = Without<NonNullable<Operation['parameters']>[number]>;
export type Response = Without<NonNullable<Components['responses']>[string]>;
export type Header = Without<NonNullable<Components['headers']>[string]>;
export type Reference = { readonly $ref: string };

export const reference = (kind: keyof Components, name: string): Reference => ({
  $ref: `#/components/${kind}/${name}`,
});

export const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'options', 'head'] as const;

export const isReference = (value: object): value is Reference => '$ref' in value;
