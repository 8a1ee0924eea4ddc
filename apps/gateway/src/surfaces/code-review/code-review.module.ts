import { Module } from '@nestjs/common';
import { CodeReviewAuthController } from './auth.controller';

@Module({ controllers: [CodeReviewAuthController] })
export class CodeReviewModule {}
