import { Body, Get, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { userOperations, type UserView } from '@signalbox/contracts';
import { RpcClient } from '@signalbox/rpc';
import { Access, Paged, SurfaceController } from '..';
import { CurrentUser } from '../../access';
import { Answers, AnswersPage, Fails } from '../../openapi/answers.decorator';
import { PageSnakeSizeQuery } from '../../validation';
import { CreateUser, UserAnswer } from './user.dto';

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
}
