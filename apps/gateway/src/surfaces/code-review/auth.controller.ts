import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { authOperations, DomainError, type ClientOrigin, type Principal } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, SignIn, SurfaceController } from '..';
import { Caller } from '../../access';
import { Origin } from '../../http';
import { Answers, Fails } from '../../openapi/answers.decorator';
import { LoggedOutAnswer, Logout, SecretLogin, TokenRefresh, tokens, TokensAnswer } from './auth.dto';

@SurfaceController('code-review', 'auth')
export class CodeReviewAuthController {
  constructor(private readonly rpc: RpcClient) {}

  @Post('login')
  @HttpCode(200)
  @SignIn()
  @ApiOperation({ summary: 'Sign in as the administrator with the secret' })
  @Answers(TokensAnswer)
  @Fails('UNAUTHENTICATED')
  async login(@Body() { secret }: SecretLogin, @Origin() origin: ClientOrigin): Promise<TokensAnswer> {
    return tokens(await this.rpc.call(authOperations.loginWithSecret, { secret, origin }));
  }

  @Post('refresh')
  @HttpCode(200)
  @SignIn()
  @ApiOperation({
    summary: 'Get new tokens',
    description: 'The refresh token is spent: using it again ends the whole session.',
  })
  @Answers(TokensAnswer)
  @Fails('UNAUTHENTICATED')
  async refresh(@Body() body: TokenRefresh, @Origin() origin: ClientOrigin): Promise<TokensAnswer> {
    return tokens(await this.rpc.call(authOperations.refresh, { refresh: body.refreshToken, origin }));
  }

  @Post('logout')
  @HttpCode(200)
  @Access('known')
  @ApiOperation({
    summary: 'Sign out',
    description:
      'Ends the session of the token that is sent: its access and refresh tokens stop working at once.',
  })
  @Answers(LoggedOutAnswer)
  @Fails('NOT_FOUND', 'session')
  async logout(@Caller() caller: Principal, @Body() _body: Logout): Promise<LoggedOutAnswer> {
    const { ended } = await this.rpc.call(authOperations.logout, { session_id: sessionOf(caller) });
    return { loggedOut: ended };
  }
}

/** @throws DomainError NOT_FOUND for an API key, which has no session */
function sessionOf({ sessionId }: Principal): string {
  if (sessionId === undefined) throw DomainError.notFound('session');
  return sessionId;
}
