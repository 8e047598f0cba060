import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { RevocationService } from './revocation.service.js';

/** Ends tokens, and leaves an event of it. */
@Module({
  imports: [EventsModule, TokensModule],
  providers: [RevocationService],
  exports: [RevocationService],
})
export class RevocationModule {}
