import { Inject, Injectable } from '@nestjs/common';
import { purgeConfig, type PurgeSettings } from '../../config/purge.config.js';
import { Database } from '../../database/database.js';
import { Sweeper } from '../../database/sweeper.js';
import { TokenFamilyRepository } from './token-family.repository.js';

/**
 * Deletes families that are long over. A sweep walks the pages of the table: which families have expired no
 * B-tree knows, since an index on a sliding expiry would make every rotation pay for it (law L7), and a BRIN
 * one knows less and less, as old and new expiries mix on each page.
 */
@Injectable()
export class FamilyPurge {
  constructor(
    private readonly database: Database,
    private readonly families: TokenFamilyRepository,
    @Inject(purgeConfig.KEY) private readonly settings: PurgeSettings,
    sweeper: Sweeper,
  ) {
    sweeper.register('token families', () => this.sweep());
  }

  /** Partitions are of nearly one size, and swept side by side: a statement reads as many pages whatever their number. */
  private async *sweep(): AsyncGenerator<number> {
    const { partitions, pages: end } = await this.families.measure();
    const { pages, after } = this.settings;
    const step = Math.ceil(pages / partitions);
    for (let page = 0; page < end; page += step) {
      await this.families.deleteEndedOnPages(this.database, page, page + step, after);
      yield Math.min(1, (page + step) / end);
    }
  }
}
