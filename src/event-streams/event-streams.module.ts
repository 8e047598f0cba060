import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { IntrospectionModule } from '../introspection/introspection.module.js';
import { EventReaders } from './event-readers.js';
import { RevocationEventsController } from './revocation-events.controller.js';
import { RevocationSnapshot } from './revocation-snapshot.js';

/** Tells internal services of revocations over HTTP. */
@Module({
  imports: [EventsModule, IntrospectionModule],
  controllers: [RevocationEventsController],
  providers: [EventReaders, RevocationSnapshot],
  exports: [EventReaders],
})
export class EventStreamsModule {}
