import { Controller } from '@nestjs/common';
import {
  userOperations,
  type CallContext,
  type Page,
  type PageRequest,
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
}
