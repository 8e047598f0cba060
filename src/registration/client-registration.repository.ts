import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Statement, type Transaction } from '../database/sql-session.js';
import { type TokenHash } from './token-hashes.js';

/** How a client registered itself, and the hash of the token by which it manages its registration. */
export interface RegistrationRow extends TokenHash {
  readonly clientId: string;
  /** Scopes that its initial access token allowed; `null` for those that the settings allow. */
  readonly scopes: readonly string[] | null;
}

const INSERT: Statement = {
  name: 'client_registration_insert',
  text: `
    INSERT INTO client_registration (client_id, key_version, token_hash, scopes, initial_access_token_id)
    VALUES ($1, $2, $3, $4, $5)`,
};

const FIND: Statement = {
  name: 'client_registration_find',
  text: `
    SELECT client_id AS "clientId", key_version AS "keyVersion", token_hash AS hash, scopes
    FROM client_registration WHERE client_id = $1`,
};

const ROTATE: Statement = {
  name: 'client_registration_rotate',
  text: `UPDATE client_registration SET key_version = $2, token_hash = $3 WHERE client_id = $1`,
};

/** The hash is the verdict: a token that was rotated away meanwhile does nothing. */
const LOCK: Statement = {
  name: 'client_registration_lock',
  text: `SELECT client_id FROM client_registration WHERE client_id = $1 AND token_hash = $2 FOR UPDATE`,
};

@Injectable()
export class ClientRegistrationRepository {
  constructor(private readonly database: Database) {}

  async insert(
    transaction: Transaction,
    { clientId, keyVersion, hash, scopes }: RegistrationRow,
    initialAccessTokenId: string | null,
  ): Promise<void> {
    await transaction.query(INSERT, [clientId, keyVersion, hash, scopes, initialAccessTokenId]);
  }

  async findByClient(clientId: string): Promise<RegistrationRow | undefined> {
    const [row] = await this.database.query<RegistrationRow>(FIND, [clientId]);
    return row;
  }

  async rotate(transaction: Transaction, clientId: string, { keyVersion, hash }: TokenHash): Promise<void> {
    await transaction.query(ROTATE, [clientId, keyVersion, hash]);
  }

  /** Keeps the token from being rotated. @returns whether it is still the one that was found */
  async lock(transaction: Transaction, { clientId, hash }: RegistrationRow): Promise<boolean> {
    return (await transaction.query(LOCK, [clientId, hash])).length === 1;
  }
}
