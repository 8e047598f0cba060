import { Inject, Injectable } from '@nestjs/common';
import { tokensConfig, type TokensSettings } from '../config/tokens.config.js';
import { Database } from '../database/database.js';
import { type Initiator } from '../events/revocation-event.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { UserRepository } from '../users/user.repository.js';
import { RevocationService } from './revocation.service.js';

/** Changes to a user that end their tokens. Each returns whether there is such a user. */
@Injectable()
export class UserLifecycleService {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
    private readonly revocation: RevocationService,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  disable(id: string, initiator: Initiator): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      await this.revocation.revokeUser(transaction, id, { reason: 'user_disabled', initiator });
      return this.users.update(transaction, id, { status: 'disabled' });
    });
  }

  /** Brings no token back. */
  enable(id: string): Promise<boolean> {
    return this.database.transaction((transaction) =>
      this.users.update(transaction, id, { status: 'active' }),
    );
  }

  delete(id: string, initiator: Initiator): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      await this.revocation.revokeUser(transaction, id, { reason: 'user_deleted', initiator });
      return this.users.delete(transaction, id);
    });
  }

  /** Ends the user's tokens too, unless `REVOKE_ON_PASSWORD_CHANGE` is off (RFC 9700 §4.14.2). */
  async setPassword(id: string, password: string, initiator: Initiator): Promise<boolean> {
    const passwordHash = await this.hasher.hash(password);
    return this.database.transaction(async (transaction) => {
      if (this.settings.revokeOnPasswordChange) {
        await this.revocation.revokeUser(transaction, id, { reason: 'password_change', initiator });
      }
      return this.users.update(transaction, id, { passwordHash });
    });
  }
}
