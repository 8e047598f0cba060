import { Inject, Injectable } from '@nestjs/common';
import { RandomSource } from '../common/random-source.js';
import { rotationConfig, type RotationSettings } from '../config/rotation.config.js';
import { Database } from '../database/database.js';
import { type StatementBatcher } from '../database/statement-batcher.js';
import { StatementBatchers } from '../database/statement-batchers.js';
import { Denylist } from './denylist/denylist.js';
import { sessionEntry } from './denylist/denylist-entry.js';
import { RevocationMetrics } from './revocation-metrics.js';
import { type FamilyRevocation, RevocationRepository, type RevokedFamily } from './revocation.repository.js';

const CAUSE = { reason: 'client_request', initiator: 'user' } as const;

/** Has families that their clients want ended share statements, and with them commits. */
@Injectable()
export class FamilyRevocationBatcher {
  private readonly batcher: StatementBatcher<FamilyRevocation & { readonly key: string }, RevokedFamily>;

  constructor(
    database: Database,
    repository: RevocationRepository,
    denylist: Denylist,
    private readonly random: RandomSource,
    metrics: RevocationMetrics,
    batchers: StatementBatchers,
    @Inject(rotationConfig.KEY) settings: RotationSettings,
  ) {
    this.batcher = batchers.create(
      'revocations',
      async (members) => {
        const revoked = await repository.revokeFamilies(database, members, CAUSE);
        metrics.byReason.count(CAUSE.reason, revoked.length);
        if (revoked.length > 0) await denylist.add(revoked.map(({ familyId }) => sessionEntry(familyId)));
        return new Map(revoked.map((family) => [family.familyId, family]));
      },
      settings,
    );
  }

  /**
   * Durable, and known to every replica, when it returns.
   *
   * @returns the family, or `undefined` when it is another client's, was revoked already, or is not there
   */
  revoke(familyId: string, clientId: string): Promise<RevokedFamily | undefined> {
    return this.batcher.add({ key: familyId, familyId, clientId, eventId: this.random.uuid() });
  }
}
