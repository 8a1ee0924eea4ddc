import type { TokenPair } from '@signalbox/contracts';
import { Field } from '../../openapi/field.decorator';
import { IsText } from '../../validation';

export class PasswordLogin {
  @Field('User name', 'admin')
  @IsText(150, 1)
  username!: string;

  @Field('Password', 'admin123')
  @IsText(256, 1)
  password!: string;
}

export class TokenRefreshBody {
  @Field('Refresh token of the last sign-in or refresh; it can be used once', 'your-refresh-token')
  @IsText(4_096, 1)
  refresh!: string;
}

export class SignedInUser {
  @Field('Id', '019a9e2c-6f00-7000-8000-000000000003')
  id!: string;

  @Field('User name', 'admin')
  username!: string;

  @Field('E-mail address', 'admin@example.com')
  email!: string;
}

export class TokenPairAnswer {
  @Field('Access token', 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9...')
  access!: string;

  @Field('Refresh token', 'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9...')
  refresh!: string;
}

export class SignedInAnswer extends TokenPairAnswer {
  @Field('Who signed in')
  user!: SignedInUser;
}

export function tokenPair({ access, refresh }: TokenPair): TokenPairAnswer {
  return { access, refresh };
}

export function signedIn({
  user: { id, username, email },
  ...pair
}: TokenPair & { user: SignedInUser }): SignedInAnswer {
  return { ...tokenPair(pair), user: { id, username, email } };
}
