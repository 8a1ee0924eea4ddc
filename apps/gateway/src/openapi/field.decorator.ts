import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

/**
 * Documents a field. What a request's field must be (type, limits, required, null) is read from its validation
 * decorators and not repeated here; a field of an answer says its `type` where TypeScript's own is not enough.
 */
export function Field(
  description: string,
  example?: unknown,
  options: ApiPropertyOptions = {},
): PropertyDecorator {
  return ApiProperty({
    description,
    ...(example !== undefined && { example }),
    ...options,
  });
}

/** A field of an answer that may be null. */
export function NullableField(
  type: ApiPropertyOptions['type'],
  description: string,
  example: unknown = null,
): PropertyDecorator {
  return Field(description, example, { type, nullable: true } as ApiPropertyOptions);
}

/** A field of an answer that is a list. */
export function ListField(
  item: new (...args: never[]) => unknown,
  description: string,
  example?: unknown,
): PropertyDecorator {
  return Field(description, example, { type: [item] });
}
