import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { authOperations, type ClientOrigin } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { SignIn, SurfaceController } from '..';
import { Origin } from '../../http';
import { Answers, Fails } from '../../openapi/answers.decorator';
import {
  PasswordLogin,
  signedIn,
  SignedInAnswer,
  tokenPair,
  TokenPairAnswer,
  TokenRefreshBody,
} from './auth.dto';

@SurfaceController('automation', 'auth')
export class AutomationAuthController {
  constructor(private readonly rpc: RpcClient) {}

  @Post('login')
  @HttpCode(200)
  @SignIn()
  @ApiOperation({ summary: 'Sign in with user name and password' })
  @Answers(SignedInAnswer)
  @Fails('UNAUTHENTICATED')
  async login(
    @Body() { username, password }: PasswordLogin,
    @Origin() origin: ClientOrigin,
  ): Promise<SignedInAnswer> {
    return signedIn(await this.rpc.call(authOperations.login, { username, password, origin }));
  }

  @Post('refresh')
  @HttpCode(200)
  @SignIn()
  @ApiOperation({
    summary: 'Get new tokens',
    description: 'The refresh token is spent: using it again ends the whole session.',
  })
  @Answers(TokenPairAnswer)
  @Fails('UNAUTHENTICATED')
  async refresh(
    @Body() { refresh }: TokenRefreshBody,
    @Origin() origin: ClientOrigin,
  ): Promise<TokenPairAnswer> {
    return tokenPair(await this.rpc.call(authOperations.refresh, { refresh, origin }));
  }
}
