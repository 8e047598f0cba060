import { Module } from '@nestjs/common';
import { OutboxRepository } from './outbox.repository.js';

/** The record of every revocation, to be told to whoever must know. */
@Module({ providers: [OutboxRepository], exports: [OutboxRepository] })
export class EventsModule {}
