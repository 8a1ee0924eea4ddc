import { Module } from '@nestjs/common';
import { CodeReviewApiKeysController } from './api-keys.controller';
import { CodeReviewAuthController } from './auth.controller';

@Module({ controllers: [CodeReviewApiKeysController, CodeReviewAuthController] })
export class CodeReviewModule {}
