import { Inject, Injectable } from '@nestjs/common';
import { tokensConfig, type TokensSettings } from '../config/tokens.config.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { type Initiator } from '../events/revocation-event.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { UserRepository } from '../users/user.repository.js';
import { UserProfiles } from '../users/user-profiles.js';
import { RevocationService } from './revocation.service.js';

/**
 * Changes to a user that end their tokens, each in the caller's transaction, where one is given. Each returns
 * whether there is such a user.
 */
@Injectable()
export class UserLifecycleService {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly profiles: UserProfiles,
    private readonly hasher: PasswordHasher,
    private readonly revocation: RevocationService,
    private readonly sessions: BrowserSessions,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  disable(id: string, initiator: Initiator, transaction?: Transaction): Promise<boolean> {
    return this.database.join(transaction, async (joined) => {
      await this.revocation.revokeUser(joined, id, { reason: 'user_disabled', initiator });
      return this.users.update(joined, id, { status: 'disabled' });
    });
  }

  /** Brings no token back. */
  enable(id: string, transaction?: Transaction): Promise<boolean> {
    return this.database.join(transaction, (joined) => this.users.update(joined, id, { status: 'active' }));
  }

  delete(id: string, initiator: Initiator, transaction?: Transaction): Promise<boolean> {
    return this.database.join(transaction, async (joined) => {
      joined.afterCommit(() => this.profiles.changed(id));
      await this.revocation.revokeUser(joined, id, { reason: 'user_deleted', initiator });
      return this.users.delete(joined, id);
    });
  }

  /**
   * Signs the user out of every browser. Ends their tokens too, unless `REVOKE_ON_PASSWORD_CHANGE` is off (RFC 9700
   * §4.14.2).
   */
  async setPassword(id: string, password: string, initiator: Initiator): Promise<boolean> {
    return this.setPasswordHash(id, await this.hasher.hash(password), initiator);
  }

  /** The same for a password that is hashed already: a transaction need not be open for as long as that takes. */
  setPasswordHash(
    id: string,
    passwordHash: string,
    initiator: Initiator,
    transaction?: Transaction,
  ): Promise<boolean> {
    return this.database.join(transaction, async (joined) => {
      if (this.settings.revokeOnPasswordChange) {
        await this.revocation.revokeUser(joined, id, { reason: 'password_change', initiator });
      } else await this.sessions.endByUser(joined, id);
      return this.users.update(joined, id, { passwordHash });
    });
  }
}
