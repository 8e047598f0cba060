import { Inject, Injectable } from '@nestjs/common';
import { rotationConfig, type RotationSettings } from '../../config/rotation.config.js';
import { Database } from '../../database/database.js';
import { type BatchMember, type StatementBatcher } from '../../database/statement-batcher.js';
import { StatementBatchers } from '../../database/statement-batchers.js';
import { type FamilyState } from './token-family.js';
import { TokenFamilyRepository } from './token-family.repository.js';

/** Has concurrent reads of families share statements: those of clients that don't rotate, and of verdicts. */
@Injectable()
export class FamilyStateReader {
  private readonly batcher: StatementBatcher<BatchMember, FamilyState>;

  constructor(
    database: Database,
    repository: TokenFamilyRepository,
    batchers: StatementBatchers,
    @Inject(rotationConfig.KEY) settings: RotationSettings,
  ) {
    this.batcher = batchers.create(
      'family_reads',
      async (members) => {
        const states = await repository.findStates(
          database,
          members.map(({ key }) => key),
        );
        return new Map(states.map((state) => [state.id, state]));
      },
      settings,
    );
  }

  /** The family as it is when this is called or later, dead or alive; `undefined` when there is none. */
  find(familyId: string): Promise<FamilyState | undefined> {
    return this.batcher.add({ key: familyId });
  }
}
