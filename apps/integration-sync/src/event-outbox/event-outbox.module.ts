import { Module } from '@nestjs/common';
import { EventOutbox } from './event-outbox';
import { EventTeller } from './event-teller';

@Module({ providers: [EventOutbox, EventTeller], exports: [EventOutbox] })
export class EventOutboxModule {}
