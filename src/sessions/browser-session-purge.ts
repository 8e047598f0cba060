import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Sweeper } from '../database/sweeper.js';
import { BrowserSessionRepository } from './browser-session.repository.js';

const BATCH = 1_000;

/** Forgets browser sessions that are past their absolute limit; nobody is told, since nobody signed out. */
@Injectable()
export class BrowserSessionPurge {
  constructor(
    private readonly database: Database,
    private readonly repository: BrowserSessionRepository,
    sweeper: Sweeper,
  ) {
    sweeper.register('browser sessions', () => this.sweep());
  }

  private async *sweep(): AsyncGenerator<number> {
    let deleted = BATCH;
    while (deleted === BATCH) {
      deleted = await this.repository.deleteExpired(this.database, BATCH);
      yield deleted === BATCH ? 0 : 1;
    }
  }
}
