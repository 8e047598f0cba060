import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { IntrospectionModule } from '../introspection/introspection.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { BacklogRepository } from './delivery/backlog.repository.js';
import { LongPolls } from './delivery/long-polls.js';
import { PollController } from './delivery/poll.controller.js';
import { PushClient } from './delivery/push-client.js';
import { PushDelivery } from './delivery/push-delivery.js';
import { PushLeaseRepository } from './delivery/push-lease.repository.js';
import { Settlement } from './delivery/settlement.js';
import { StreamBacklog } from './delivery/stream-backlog.js';
import { StreamSweep } from './delivery/stream-sweep.js';
import { SetSigner } from './events/set-signer.js';
import { Receivers } from './receivers.js';
import { SsfConfigurationController } from './ssf-configuration.controller.js';
import { StreamSignals } from './stream-signals.js';
import { NoticeRepository } from './streams/notice.repository.js';
import { PushAuthorizations } from './streams/push-authorizations.js';
import { StreamConfigurationController } from './streams/stream-configuration.controller.js';
import { StreamOverview } from './streams/stream-overview.js';
import { StreamRepository } from './streams/stream.repository.js';
import { StreamService } from './streams/stream.service.js';
import { StreamStatusController } from './streams/stream-status.controller.js';
import { StreamStatusService } from './streams/stream-status.service.js';
import { VerificationController } from './streams/verification.controller.js';
import { SubjectFilter } from './subjects/subject-filter.js';
import { SubjectRepository } from './subjects/subject.repository.js';
import { SubjectsController } from './subjects/subjects.controller.js';

/** The transmitter of the OpenID Shared Signals Framework 1.0: tells other parties' services of revocations. */
@Module({
  imports: [EventsModule, IntrospectionModule, TokensModule],
  controllers: [
    SsfConfigurationController,
    StreamConfigurationController,
    StreamStatusController,
    SubjectsController,
    VerificationController,
    PollController,
  ],
  providers: [
    Receivers,
    StreamSignals,
    StreamRepository,
    StreamService,
    StreamStatusService,
    NoticeRepository,
    PushAuthorizations,
    SubjectRepository,
    SubjectFilter,
    SetSigner,
    BacklogRepository,
    StreamBacklog,
    Settlement,
    LongPolls,
    PushClient,
    PushLeaseRepository,
    PushDelivery,
    StreamSweep,
    StreamOverview,
  ],
  exports: [StreamOverview, BacklogRepository],
})
export class SharedSignalsModule {}
