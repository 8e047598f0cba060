import { Module } from '@nestjs/common';
import { RefusalJournal } from './refusal-journal.js';
import { RefusalRepository } from './refusal.repository.js';

/** Remembers for a while which requests were refused, and why. */
@Module({
  providers: [RefusalRepository, RefusalJournal],
  exports: [RefusalRepository, RefusalJournal],
})
export class RefusalsModule {}
