import { Inject, Injectable } from '@nestjs/common';
import { RandomSource } from '../../common/random-source.js';
import { authorizationConfig, type AuthorizationSettings } from '../../config/authorization.config.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import {
  CODE_BYTES,
  CODE_PREFIX,
  type CodeGrant,
  type CodePresentation,
  type CodeRefusal,
  type CodeState,
  type IssuedFor,
} from './authorization-code.js';
import { AuthorizationCodeRepository } from './authorization-code.repository.js';
import { judgeCode } from './judge-code.js';

/** Issues authorization codes, and takes each back once. */
@Injectable()
export class AuthorizationCodes {
  constructor(
    private readonly database: Database,
    private readonly repository: AuthorizationCodeRepository,
    private readonly random: RandomSource,
    @Inject(authorizationConfig.KEY) private readonly settings: AuthorizationSettings,
  ) {}

  /** @returns a new code, which is not to be had again */
  async issue(grant: CodeGrant): Promise<string> {
    const code = CODE_PREFIX + this.random.bytes(CODE_BYTES).toString('base64url');
    await this.repository.insert(this.database, code, grant, this.settings.codeLifetime);
    return code;
  }

  /**
   * Takes a code for good when the transaction commits; until then, and where it never does, it can be
   * presented again (law L3).
   *
   * @returns what it stands for, or `undefined`: {@link explain} says why, once the transaction is over
   */
  consume(transaction: Transaction, presented: CodePresentation): Promise<CodeGrant | undefined> {
    return this.repository.consume(transaction, presented);
  }

  /** Says, in the same transaction, what a code was exchanged for. */
  noteIssued(transaction: Transaction, code: string, issued: IssuedFor): Promise<void> {
    return this.repository.noteIssued(transaction, code, issued);
  }

  /** Why a code was not accepted, and its row where there is one. */
  async explain(presented: CodePresentation): Promise<{ refusal: CodeRefusal; state?: CodeState }> {
    const state = await this.repository.find(this.database, presented.code);
    return { refusal: judgeCode(state, presented), state };
  }
}
