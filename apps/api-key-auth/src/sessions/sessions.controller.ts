import { Controller } from '@nestjs/common';
import {
  authOperations,
  type CallContext,
  type ClientOrigin,
  type SessionView,
  type TokenPair,
  type UserView,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { SessionsService } from './sessions.service';

@Controller()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Handles(authOperations.login)
  login(input: {
    username: string;
    password: string;
    origin: ClientOrigin;
  }): Promise<TokenPair & { user: UserView }> {
    return this.sessions.login(input);
  }

  @Handles(authOperations.loginWithSecret)
  loginWithSecret(input: { secret: string; origin: ClientOrigin }): Promise<TokenPair & { user: UserView }> {
    return this.sessions.loginWithSecret(input);
  }

  @Handles(authOperations.refresh)
  refresh(input: { refresh: string; origin: ClientOrigin }): Promise<TokenPair> {
    return this.sessions.refresh(input);
  }

  @Handles(authOperations.logout)
  logout(input: { session_id: string }, context: CallContext): Promise<{ ended: true }> {
    return this.sessions.logout(input, context);
  }

  @Handles(authOperations.session)
  session(input: { session_id: string }): Promise<SessionView | null> {
    return this.sessions.session(input);
  }
}
