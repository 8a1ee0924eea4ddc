import { Field } from '../../openapi/field.decorator';

export class DeletedAnswer {
  @Field('What was deleted', '019a9e2c-6f00-7000-8000-000000000000')
  id!: string;

  @Field('Always true', true)
  deleted!: true;
}
