import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { EventsModule } from '../events/events.module.js';
import { DenylistModule } from '../revocation/denylist/denylist.module.js';
import { SharedSignalsModule } from '../shared-signals/shared-signals.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { HealthController } from './health.controller.js';
import { ManagementListener } from './management-listener.js';
import { DenylistProbe } from './probes/denylist.probe.js';
import { EventStreamsProbe } from './probes/event-streams.probe.js';
import { FamiliesProbe } from './probes/families.probe.js';
import { OutboxProbe } from './probes/outbox.probe.js';
import { type Probe } from './probes/probe.js';
import { ProcessMetrics } from './process-metrics.js';
import { Readiness } from './readiness.js';
import { PROBES, Scrape } from './scrape.js';

/** What a scrape has to ask for is one file beside these and one line here. */
const PROBE_CLASSES = [OutboxProbe, FamiliesProbe, DenylistProbe, EventStreamsProbe];

/** Tells operators how the service does: health, and metrics on a port of their own. */
@Module({
  imports: [
    TerminusModule.forRoot({ logger: false }),
    TokensModule,
    EventsModule,
    DenylistModule,
    SharedSignalsModule,
  ],
  controllers: [HealthController],
  providers: [
    Readiness,
    ProcessMetrics,
    ...PROBE_CLASSES,
    { provide: PROBES, inject: PROBE_CLASSES, useFactory: (...probes: Probe[]) => probes },
    Scrape,
    ManagementListener,
  ],
})
export class ObservabilityModule {}
