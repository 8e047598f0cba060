import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Sweeper } from '../database/sweeper.js';
import { RevocationRepository } from './revocation.repository.js';

/** An expired token is refused for its expiry, by whatever clock, after so many seconds. */
const CLOCK_TOLERANCE = 3_600;
const BATCH = 1_000;

/** Forgets revoked access tokens that have expired by themselves. */
@Injectable()
export class RevokedTokenPurge {
  constructor(
    private readonly database: Database,
    private readonly repository: RevocationRepository,
    sweeper: Sweeper,
  ) {
    sweeper.register('revoked access tokens', () => this.sweep());
  }

  private async *sweep(): AsyncGenerator<number> {
    let deleted = BATCH;
    while (deleted === BATCH) {
      deleted = await this.repository.deleteExpiredAccessTokens(this.database, CLOCK_TOLERANCE, BATCH);
      yield deleted === BATCH ? 0 : 1;
    }
  }
}
