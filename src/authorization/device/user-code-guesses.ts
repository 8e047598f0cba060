import { Inject, Injectable } from '@nestjs/common';
import { LockOuts } from '../../audit/lock-outs.js';
import { OAuthError } from '../../common/oauth-error.js';
import { authorizationConfig, type AuthorizationSettings } from '../../config/authorization.config.js';
import { limitsConfig, type LimitsSettings } from '../../config/limits.config.js';
import { type AttemptLimiter, AttemptLimiters } from '../../redis/attempt-limiter.js';

/** Puts off whoever tries codes to let a stranger's device in, or to be asked about one (RFC 8628 §5.1). */
@Injectable()
export class UserCodeGuesses {
  private readonly failures: AttemptLimiter;

  constructor(
    private readonly lockOuts: LockOuts,
    limiters: AttemptLimiters,
    @Inject(authorizationConfig.KEY) { userCodeFailures }: AuthorizationSettings,
    @Inject(limitsConfig.KEY) { loginWindow: window }: LimitsSettings,
  ) {
    this.failures = limiters.create({ name: 'user-code', failures: userCodeFailures, window });
  }

  /** @throws OAuthError 429 while the person has to wait */
  async refuseWhileLimited(userId: string): Promise<void> {
    refuse(await this.failures.wait(userId));
  }

  /** Counts a wrong code. @throws OAuthError 429 when it was one too many */
  async count(userId: string, address: string): Promise<void> {
    const wait = await this.failures.fail(userId);
    if (wait > 0) await this.lockOuts.tell({ what: 'user', id: userId, address, wait });
    refuse(wait);
  }
}

function refuse(wait: number): void {
  if (wait > 0) throw OAuthError.tooManyAttempts('too many wrong device codes', wait);
}
