import { Injectable } from '@nestjs/common';
import { REVOCATION_WINDOW } from '../../common/revocation-window.js';
import { Sweeper } from '../../database/sweeper.js';
import { RevokedKeyRepository } from './revoked-key.repository.js';

/**
 * Forgets revoked keys once their last token has expired. Nobody verifies anything by them any more: the key
 * itself went when it was revoked.
 */
@Injectable()
export class RevokedKeyPurge {
  constructor(
    private readonly repository: RevokedKeyRepository,
    sweeper: Sweeper,
  ) {
    sweeper.register('revoked keys', () => this.sweep());
  }

  private async *sweep(): AsyncGenerator<number> {
    await this.repository.deleteOlderThan(REVOCATION_WINDOW);
    yield 1;
  }
}
