import { Module } from '@nestjs/common';
import { SignInGuard } from './sign-in-guard';
import { SignInRepository } from './sign-in.repository';

@Module({ providers: [SignInRepository, SignInGuard], exports: [SignInGuard] })
export class SignInModule {}
