import { IsBoolean, IsEmail, IsIn } from 'class-validator';
import { ROLES, type Role, type UserView } from '@signalbox/contracts';
import { Field, NullableField } from '../../openapi/field.decorator';
import { IsLine, IsList, IsName, IsProjectId, IsText, Nullable, Optional } from '../../validation';

export class CreateUser {
  @Field('User name; unique whatever its case', 'jane')
  @IsName(150)
  username!: string;

  @Field('Password', 'correct horse battery staple')
  @IsText(256, 8)
  password!: string;

  @Field('E-mail address', 'jane@example.com')
  @IsText(254, 1)
  @IsEmail()
  email!: string;

  @Field('What the user may do. `viewer` unless said otherwise', 'member')
  @Optional()
  @IsIn(ROLES)
  role?: Role;

  @Field('First name', 'Jane')
  @Optional()
  @IsLine(150)
  first_name?: string;

  @Field('Last name', 'Doe')
  @Optional()
  @IsLine(150)
  last_name?: string;

  @Field('Whether the user may sign in. True unless said otherwise', true)
  @Optional()
  @IsBoolean()
  is_active?: boolean;

  @Field('Projects the user is confined to; null for none', ['project123'])
  @Nullable()
  @IsList(1_000)
  @IsProjectId({ each: true })
  projects?: string[] | null;
}

/** What is left out stays as it is. */
export class UpdateUser {
  @Field('User name; unique whatever its case', 'jane')
  @Optional()
  @IsName(150)
  username?: string;

  @Field('New password', 'correct horse battery staple')
  @Optional()
  @IsText(256, 8)
  password?: string;

  @Field('The password in use: needed to change one’s own', 'incorrect donkey')
  @Optional()
  @IsText(256, 1)
  current_password?: string;

  @Field('E-mail address', 'jane@example.com')
  @Optional()
  @IsText(254, 1)
  @IsEmail()
  email?: string;

  @Field('What the user may do', 'member')
  @Optional()
  @IsIn(ROLES)
  role?: Role;

  @Field('First name', 'Jane')
  @Optional()
  @IsText(150)
  first_name?: string;

  @Field('Last name', 'Doe')
  @Optional()
  @IsText(150)
  last_name?: string;

  @Field('Whether the user may sign in', true)
  @Optional()
  @IsBoolean()
  is_active?: boolean;

  @Field('Projects the user is confined to; null for none', ['project123'])
  @Nullable()
  @IsList(1_000)
  @IsText(255, 1, { each: true })
  projects?: string[] | null;
}

export class ChangePassword {
  @Field('The password in use', 'incorrect donkey')
  @IsText(256, 1)
  current_password!: string;

  @Field('The password from now on', 'correct horse battery staple')
  @IsText(256, 8)
  new_password!: string;
}

export class UserAnswer implements UserView {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000003')
  id!: string;

  @Field('User name', 'admin')
  username!: string;

  @Field('E-mail address', 'admin@example.com')
  email!: string;

  @Field('First name', 'Admin')
  first_name!: string;

  @Field('Last name', 'User')
  last_name!: string;

  @Field('What the user may do', 'admin', { enum: ROLES })
  role!: Role;

  @Field('Whether the user may sign in', true)
  is_active!: boolean;

  @NullableField([String], 'Projects the user is confined to; null for none')
  projects!: readonly string[] | null;

  @Field('When the user was created', '2025-06-24T10:00:00.000Z', { format: 'date-time' })
  date_joined!: string;
}
