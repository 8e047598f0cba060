import { Injectable } from '@nestjs/common';
import { parse, stringify } from 'uuid';
import { OAuthError } from '../../common/oauth-error.js';
import { RandomSource } from '../../common/random-source.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { TokenHashes } from '../token-hashes.js';
import {
  type InitialAccessToken,
  InitialAccessTokenRepository,
  type NewInitialAccessToken,
} from './initial-access-token.repository.js';

const USE = 'initial-access-token';
const PREFIX = 'rgi_';
const [ID_BYTES, SECRET_BYTES] = [16, 32];
const FORM = /^rgi_[\w-]{64}$/;

/** Tokens by which clients register themselves (RFC 7591 §1.2): so many, for a while. */
@Injectable()
export class InitialAccessTokenService {
  constructor(
    private readonly database: Database,
    private readonly repository: InitialAccessTokenRepository,
    private readonly hashes: TokenHashes,
    private readonly random: RandomSource,
  ) {}

  /** @returns what is stored, and the token, which is not to be had again */
  create(
    settings: NewInitialAccessToken,
    transaction?: Transaction,
  ): Promise<{ readonly stored: InitialAccessToken; readonly token: string }> {
    const id = this.random.uuid();
    const bytes = Buffer.concat([parse(id), this.random.bytes(SECRET_BYTES)]);
    const token = PREFIX + bytes.toString('base64url');
    return this.database.join(transaction, async (joined) => {
      const hash = this.hashes.hash(USE, id, token);
      return { stored: await this.repository.insert(joined, id, hash, settings), token };
    });
  }

  /**
   * What the token is, where a client may be registered with it now.
   *
   * @throws OAuthError `invalid_token` (401)
   */
  async authenticate(token: string): Promise<InitialAccessToken> {
    const id = idIn(token);
    const row = id === undefined ? undefined : await this.repository.findById(id);
    const isGenuine = this.hashes.matches(USE, id ?? '', row, token);
    if (!row || !isGenuine || !row.isUsable) throw unusable();
    return row;
  }

  /**
   * Counts a registration as part of the transaction that registers.
   *
   * @throws OAuthError `invalid_token` (401) where there are as many as may be, or it ended meanwhile
   */
  async use(transaction: Transaction, { id }: InitialAccessToken): Promise<void> {
    if (!(await this.repository.use(transaction, id))) throw unusable();
  }

  /** @returns whether there is such a token that was not revoked before */
  revoke(id: string, transaction?: Transaction): Promise<boolean> {
    return this.database.join(transaction, (joined) => this.repository.revoke(joined, id));
  }
}

function idIn(token: string): string | undefined {
  if (!FORM.test(token)) return undefined;
  const bytes = Buffer.from(token.slice(PREFIX.length), 'base64url');
  try {
    return stringify(bytes.subarray(0, ID_BYTES));
  } catch {
    return undefined;
  }
}

function unusable(): OAuthError {
  return OAuthError.invalidToken('the initial access token is not valid');
}
