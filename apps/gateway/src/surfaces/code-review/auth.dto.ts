import type { TokenPair } from '@signalbox/contracts';
import { Field } from '../../openapi/field.decorator';
import { IsText, Optional } from '../../validation';

export class SecretLogin {
  @Field('The administrator’s secret (`ADMIN_SECRET`)', 'your-admin-secret')
  @IsText(256, 1)
  secret!: string;
}

export class TokenRefresh {
  @Field('Refresh token of the last sign-in or refresh; it can be used once', 'eyJhbGciOiJIUzI1NiIs...')
  @IsText(4_096, 1)
  refreshToken!: string;
}

export class Logout {
  @Field('Not needed: the session ends as a whole, and its refresh token with it', 'eyJhbGciOiJIUzI1NiIs...')
  @Optional()
  @IsText(4_096, 1)
  refreshToken?: string;
}

export class TokensAnswer {
  @Field('Access token', 'eyJhbGciOiJIUzI1NiIs...')
  accessToken!: string;

  @Field('Refresh token', 'eyJhbGciOiJIUzI1NiIs...')
  refreshToken!: string;

  @Field('Seconds until the access token ends', 900)
  expiresIn!: number;
}

export class LoggedOutAnswer {
  @Field('Always true', true)
  loggedOut!: true;
}

export function tokens({ access, refresh, expires_in }: TokenPair): TokensAnswer {
  return { accessToken: access, refreshToken: refresh, expiresIn: expires_in };
}
