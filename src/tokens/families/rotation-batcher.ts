import { Inject, Injectable } from '@nestjs/common';
import { rotationConfig, type RotationSettings } from '../../config/rotation.config.js';
import { Database } from '../../database/database.js';
import { type StatementBatcher } from '../../database/statement-batcher.js';
import { StatementBatchers } from '../../database/statement-batchers.js';
import { type TokenFamily } from './token-family.js';
import { type RotationMember, TokenFamilyRepository } from './token-family.repository.js';

/** Has concurrent rotations share statements, and with them commits. */
@Injectable()
export class RotationBatcher {
  private readonly batcher: StatementBatcher<RotationMember & { readonly key: string }, TokenFamily>;

  constructor(
    database: Database,
    repository: TokenFamilyRepository,
    batchers: StatementBatchers,
    @Inject(rotationConfig.KEY) settings: RotationSettings,
  ) {
    this.batcher = batchers.create(
      'rotations',
      async (members) => {
        const families = await repository.rotate(database, members);
        return new Map(families.map((family) => [family.id, family]));
      },
      settings,
    );
  }

  /**
   * @param isAbandoned whether nobody waits for it any more; asked until the rotation is sent, and not after
   * @returns the family, rotated, or `undefined` when the statement's condition did not hold
   * @throws OAuthError 503 at once when too many wait; or what Postgres' failure was, and then nothing is known
   */
  rotate(member: RotationMember, isAbandoned?: () => boolean): Promise<TokenFamily | undefined> {
    return this.batcher.add(Object.assign(member, { key: member.familyId }), isAbandoned);
  }
}
