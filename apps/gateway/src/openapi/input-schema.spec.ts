import { PartialType } from '@nestjs/swagger';
import { IsBoolean, IsIn, Matches } from 'class-validator';
import {
  IsList,
  IsName,
  IsText,
  IsWhole,
  Nested,
  NestedList,
  Nullable,
  Optional,
  PageSizeQuery,
} from '../validation';
import { inputFields, isInputClass } from './input-schema';

class Inner {
  @IsWhole(0, 9)
  digit!: number;
}

class Outer {
  @IsName(20)
  name!: string;

  @Optional()
  @IsBoolean()
  flag?: boolean;

  @Nullable()
  @IsIn(['a', 'b'])
  word?: string | null;

  @IsList(3, 1)
  @IsText(5, 1, { each: true })
  words!: string[];

  @Nullable()
  @Nested(() => Inner)
  inner?: Inner | null;

  @Optional()
  @NestedList(() => Inner, 4)
  inners?: Inner[];
}

class Changes extends PartialType(Outer, { skipNullProperties: false }) {}

class Undescribed {
  @Matches(/x/)
  text!: string;
}

const byName = (type: new () => object) =>
  Object.fromEntries(inputFields(type).map(({ name, ...field }) => [name, field]));

describe('what a class of input must be', () => {
  it('is read from its validation rules', () => {
    expect(byName(Outer)).toEqual({
      name: {
        required: true,
        schema: {
          type: 'string',
          minLength: 1,
          maxLength: 20,
          allOf: [{ pattern: expect.stringContaining('\\u0000-\\u001f') as string }, { pattern: '\\S' }],
        },
      },
      flag: { required: false, schema: { type: 'boolean' } },
      word: { required: false, schema: { type: ['string', 'null'], enum: ['a', 'b', null] } },
      words: {
        required: true,
        schema: {
          type: 'array',
          minItems: 1,
          maxItems: 3,
          items: { type: 'string', minLength: 1, maxLength: 5 },
        },
      },
      inner: {
        required: false,
        schema: { anyOf: [{ $ref: '#/components/schemas/Inner' }, { type: 'null' }] },
        nested: Inner,
      },
      inners: {
        required: false,
        schema: {
          type: 'array',
          minItems: 0,
          maxItems: 4,
          items: { $ref: '#/components/schemas/Inner' },
        },
        nested: Inner,
      },
    });
  });

  it('requires nothing of changes, and allows null only where the original does', () => {
    const changes = byName(Changes);
    expect(Object.values(changes).every(({ required }) => !required)).toBe(true);
    expect(changes.name?.schema).toMatchObject({ type: 'string' });
    expect(changes.word?.schema).toMatchObject({ type: ['string', 'null'] });
  });

  it('tells the defaults of queries', () => {
    expect(byName(PageSizeQuery)).toMatchObject({
      page: { required: false, schema: { type: 'integer', minimum: 1, default: 1 } },
      size: { required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } },
    });
  });

  it('does not pass over a rule that it cannot describe', () => {
    expect(() => inputFields(Undescribed)).toThrow('matches');
  });

  it('knows classes of input from others', () => {
    expect([Outer, Changes, Date, Object, 'text', undefined].map(isInputClass)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
