import { Body, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { userOperations, type ClientOrigin, type UserView } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, NO_CONTENT, Paged, SurfaceController, type NoContent } from '..';
import { CurrentUser } from '../../access';
import { Origin } from '../../http';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { PageSnakeSizeQuery } from '../../validation';
import { ChangePassword, CreateUser, UpdateUser, UserAnswer } from './user.dto';

const UPDATE =
  'What is left out stays as it is. A new password or a deactivation ends every session of the user, a new role holds at once. ' +
  'To change one’s own password, `current_password` is needed. The last active administrator stays one: 409.';

@SurfaceController('automation', 'users')
export class AutomationUsersController {
  constructor(private readonly rpc: RpcClient) {}

  @Get('me')
  @Access('known')
  @ApiOperation({ summary: 'Who is signed in', description: 'An API key is no user: 404.' })
  @Answers(UserAnswer)
  @Fails('NOT_FOUND', 'user')
  me(@CurrentUser() user: UserView): UserAnswer {
    return user;
  }

  @Get()
  @Access('admin')
  @ApiOperation({ summary: 'List users' })
  @AnswersPage(UserAnswer)
  async list(@Query() query: PageSnakeSizeQuery): Promise<Paged<UserAnswer>> {
    return new Paged(await this.rpc.call(userOperations.list, query.toPageRequest()));
  }

  @Post()
  @Access('admin')
  @ApiOperation({ summary: 'Create a user' })
  @Answers(UserAnswer)
  @Fails('CONFLICT', 'user')
  async create(@Body() body: CreateUser): Promise<UserAnswer> {
    return await this.rpc.call(userOperations.create, body);
  }

  @Post('me/password')
  @HttpCode(204)
  @Access('known')
  @ApiOperation({
    summary: 'Change one’s own password',
    description: 'Ends every session of the user, this one too: sign in again.',
  })
  @Fails('NOT_FOUND', 'user')
  async changePassword(@Body() body: ChangePassword, @Origin() origin: ClientOrigin): Promise<NoContent> {
    await this.rpc.call(userOperations.changePassword, { ...body, origin });
    return NO_CONTENT;
  }

  @Get(':id')
  @Access('admin')
  @ApiOperation({ summary: 'Get a user' })
  @Answers(UserAnswer)
  @Fails('NOT_FOUND', 'user')
  async get(@Param('id') id: string): Promise<UserAnswer> {
    return await this.rpc.call(userOperations.get, { id });
  }

  @Put(':id')
  @Access('admin')
  @ApiOperation({ summary: 'Change a user', description: UPDATE })
  @Answers(UserAnswer)
  @Fails('NOT_FOUND', 'user')
  @Fails('CONFLICT', 'user')
  async put(
    @Param('id') id: string,
    @Body() changes: UpdateUser,
    @Origin() origin: ClientOrigin,
  ): Promise<UserAnswer> {
    return await this.rpc.call(userOperations.update, { id, changes, origin });
  }

  @Patch(':id')
  @Access('admin')
  @ApiOperation({ summary: 'Change some of a user', description: UPDATE })
  @Answers(UserAnswer)
  @Fails('NOT_FOUND', 'user')
  @Fails('CONFLICT', 'user')
  async patch(
    @Param('id') id: string,
    @Body() changes: UpdateUser,
    @Origin() origin: ClientOrigin,
  ): Promise<UserAnswer> {
    return await this.rpc.call(userOperations.update, { id, changes, origin });
  }

  @Delete(':id')
  @HttpCode(204)
  @Access('admin')
  @ApiOperation({
    summary: 'Delete a user',
    description: 'Ends every session of the user. The last active administrator stays: 409.',
  })
  @Fails('NOT_FOUND', 'user')
  @Fails('CONFLICT', 'user')
  async remove(@Param('id') id: string): Promise<NoContent> {
    await this.rpc.call(userOperations.remove, { id });
    return NO_CONTENT;
  }
}
