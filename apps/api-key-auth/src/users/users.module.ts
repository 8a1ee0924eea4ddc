import { Module } from '@nestjs/common';
import { SignInModule } from '../sign-in/sign-in.module';
import { BootstrapAdmin } from './bootstrap-admin';
import { PasswordHasher } from './password-hasher';
import { UsersController } from './users.controller';
import { UsersRepository } from './users.repository';
import { UsersService } from './users.service';

@Module({
  imports: [SignInModule],
  controllers: [UsersController],
  providers: [UsersRepository, UsersService, PasswordHasher, BootstrapAdmin],
  exports: [UsersService],
})
export class UsersModule {}
