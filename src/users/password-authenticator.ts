import { Inject, Injectable, Logger } from '@nestjs/common';
import { limitsConfig, type LimitsSettings } from '../config/limits.config.js';
import { KeyedMutex } from '../common/keyed-mutex.js';
import { OAuthError } from '../common/oauth-error.js';
import { Database } from '../database/database.js';
import { LockOuts } from '../audit/lock-outs.js';
import { type AttemptLimiter, AttemptLimiters } from '../redis/attempt-limiter.js';
import { PasswordHasher } from './password-hasher.js';
import { type UserEntity } from './user.entity.js';
import { normalizedUsername } from './user-profile.js';
import { UserRepository } from './user.repository.js';

/**
 * Checks user names and passwords.
 *
 * Failures are limited per user *and* address, and per address: guessing from elsewhere never locks a
 * user out. Attempts on one user from one address wait for each other, so that parallel guesses don't
 * slip past the limit and parallel sign-ins in good standing all succeed.
 */
@Injectable()
export class PasswordAuthenticator {
  private readonly logger = new Logger(PasswordAuthenticator.name);
  private readonly byUser: AttemptLimiter;
  private readonly byAddress: AttemptLimiter;
  private readonly turns = new KeyedMutex();

  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
    private readonly lockOuts: LockOuts,
    limiters: AttemptLimiters,
    @Inject(limitsConfig.KEY) limits: LimitsSettings,
  ) {
    const window = limits.loginWindow;
    this.byUser = limiters.create({ name: 'login', failures: limits.loginFailures, window });
    this.byAddress = limiters.create({ name: 'login-address', failures: limits.addressFailures, window });
  }

  /**
   * @returns the user, or `undefined` when name or password is wrong or the user is disabled, without
   *   telling which
   * @throws OAuthError 429 with `Retry-After` after too many failures
   */
  authenticate(username: string, password: string, address: string): Promise<UserEntity | undefined> {
    const name = normalizedUsername(username);
    const key = `${name.toLowerCase()}\0${address}`;
    return this.turns.run(key, async () => {
      refuseWhileLimited(Math.max(await this.byUser.wait(key), await this.byAddress.wait(address)));
      const user = await this.users.findByUsername(name);
      const isIn = await this.isIn(user, password);
      if (isIn) await this.byUser.forgive(key);
      else await this.countFailure(key, address, user?.id);
      return isIn && user ? user : undefined;
    });
  }

  private async isIn(user: UserEntity | null, password: string): Promise<boolean> {
    const verdict = await this.hasher.verify(user?.passwordHash, password);
    if (verdict === 'wrong' || user?.status !== 'active') return false;
    if (verdict === 'outdated') await this.hashAnew(user, password);
    return true;
  }

  /** Whether it comes to that or not, the user is in: the next sign-in tries again. */
  private async hashAnew({ id, passwordHash }: UserEntity, password: string): Promise<void> {
    try {
      const renewed = await this.hasher.hash(password);
      if (passwordHash !== null)
        await this.users.replacePasswordHash(this.database, id, passwordHash, renewed);
    } catch (error) {
      this.logger.warn({ err: error }, 'a password was not hashed anew');
    }
  }

  private async countFailure(key: string, address: string, userId: string | undefined): Promise<void> {
    this.logger.warn({ securityEvent: 'login_failed', address });
    const [ofUser, ofAddress] = await Promise.all([this.byUser.fail(key), this.byAddress.fail(address)]);
    if (ofUser > 0) await this.lockOuts.tell({ what: 'user', address, id: userId, wait: ofUser });
    if (ofAddress > 0) await this.lockOuts.tell({ what: 'user', address, wait: ofAddress });
    refuseWhileLimited(Math.max(ofUser, ofAddress));
  }
}

function refuseWhileLimited(wait: number): void {
  if (wait > 0) throw OAuthError.tooManyAttempts('too many failed sign-ins', wait);
}
