import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { EventsModule } from '../events/events.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import { UsersModule } from '../users/users.module.js';
import { ClientLifecycleService } from './client-lifecycle.service.js';
import { DenylistModule } from './denylist/denylist.module.js';
import { FamilyRevocationBatcher } from './family-revocation-batcher.js';
import { KeyRevocationService } from './keys/key-revocation.service.js';
import { RevokedKeyPurge } from './keys/revoked-key-purge.js';
import { RevokedKeyRepository } from './keys/revoked-key.repository.js';
import { RevocationHistoryRepository } from './revocation-history.repository.js';
import { RevocationController } from './revocation.controller.js';
import { RevocationEndpointService } from './revocation-endpoint.service.js';
import { RevocationMetrics } from './revocation-metrics.js';
import { RevocationRepository } from './revocation.repository.js';
import { RevocationService } from './revocation.service.js';
import { SessionEndService } from './session-end.service.js';
import { RevokedTokenPurge } from './revoked-token-purge.js';
import { UserLifecycleService } from './user-lifecycle.service.js';

/** Ends tokens, and leaves an event of it. */
@Module({
  imports: [EventsModule, TokensModule, SessionsModule, ClientsModule, UsersModule, DenylistModule],
  controllers: [RevocationController],
  providers: [
    RevocationRepository,
    RevocationMetrics,
    RevocationHistoryRepository,
    RevocationService,
    RevokedTokenPurge,
    FamilyRevocationBatcher,
    RevocationEndpointService,
    ClientLifecycleService,
    UserLifecycleService,
    SessionEndService,
    RevokedKeyRepository,
    RevokedKeyPurge,
    KeyRevocationService,
  ],
  exports: [
    RevocationService,
    RevocationHistoryRepository,
    ClientLifecycleService,
    UserLifecycleService,
    SessionEndService,
    RevokedKeyRepository,
    KeyRevocationService,
  ],
})
export class RevocationModule {}
