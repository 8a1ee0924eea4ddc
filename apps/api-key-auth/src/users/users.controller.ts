import { Controller } from '@nestjs/common';
import {
  userOperations,
  type CallContext,
  type ClientOrigin,
  type Page,
  type PageRequest,
  type UserChanges,
  type UserInput,
  type UserView,
} from '@signalbox/contracts';
import { Handles } from '@signalbox/rpc';
import { UsersService } from './users.service';

@Controller()
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Handles(userOperations.list)
  list(input: PageRequest, context: CallContext): Promise<Page<UserView>> {
    return this.users.list(input, context);
  }

  @Handles(userOperations.create)
  create(input: UserInput, context: CallContext): Promise<UserView> {
    return this.users.create(input, context);
  }

  @Handles(userOperations.get)
  get(input: { id: string }, context: CallContext): Promise<UserView> {
    return this.users.get(input, context);
  }

  @Handles(userOperations.update)
  update(
    input: { id: string; changes: UserChanges; origin: ClientOrigin },
    context: CallContext,
  ): Promise<UserView> {
    return this.users.update(input, context);
  }

  @Handles(userOperations.remove)
  remove(input: { id: string }, context: CallContext): Promise<{ id: string; deleted: true }> {
    return this.users.remove(input, context);
  }

  @Handles(userOperations.changePassword)
  changePassword(
    input: { current_password: string; new_password: string; origin: ClientOrigin },
    context: CallContext,
  ): Promise<{ changed: true }> {
    return this.users.changePassword(input, context);
  }
}
