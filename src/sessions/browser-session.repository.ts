import { Inject, Injectable } from '@nestjs/common';
import { sessionsConfig, type SessionsSettings } from '../config/sessions.config.js';
import { Database } from '../database/database.js';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';
import { type Authentication, type BrowserSession, type SessionClient } from './browser-session.js';
import * as statements from './browser-session.statements.js';

/** What is written when somebody signs in. */
export interface SignedIn extends Authentication {
  /** SHA-256. */
  readonly cookieHash: Buffer;
  readonly authTime: Date;
  readonly userAgent?: string;
  readonly address: string;
}

type FoundSession = { [Key in keyof BrowserSession]: BrowserSession[Key] | null } & {
  readonly isStale: boolean;
};

@Injectable()
export class BrowserSessionRepository {
  constructor(
    private readonly database: Database,
    @Inject(sessionsConfig.KEY) private readonly settings: SessionsSettings,
  ) {}

  /** The session of a cookie, where it is within its limits and its user may still be signed in. */
  async findLive(cookieHash: Buffer): Promise<BrowserSession | undefined> {
    const [found] = await this.query(statements.FIND_LIVE, [cookieHash]);
    if (found?.isStale) await this.database.query(statements.TOUCH, [found.session.id]);
    return found?.session;
  }

  /** Up to `limit` live sessions of a user, the last seen first. */
  async listLive(userId: string, limit: number): Promise<BrowserSession[]> {
    return (await this.query(statements.LIST_LIVE, [userId, limit])).map(({ session }) => session);
  }

  async insert(transaction: Transaction, id: string, signedIn: SignedIn): Promise<void> {
    await transaction.query(statements.INSERT, [id, signedIn.userId, ...valuesOf(signedIn)]);
  }

  /**
   * The same session under another cookie, its user having proved anew who they are.
   *
   * @returns whether it is still there and theirs
   */
  async renew(transaction: Transaction, id: string, signedIn: SignedIn): Promise<boolean> {
    const values = [id, signedIn.userId, ...valuesOf(signedIn)];
    return (await transaction.query(statements.RENEW, values)).length === 1;
  }

  /** Nobody adds a client to the session before the transaction ends. @returns its id where it is there */
  lockById(transaction: Transaction, id: string): Promise<string[]> {
    return idsOf(transaction.query(statements.LOCK, [id]));
  }

  lockByUser(transaction: Transaction, userId: string): Promise<string[]> {
    return idsOf(transaction.query(statements.LOCK_BY_USER, [userId]));
  }

  /** Leaves a notice for each client that wants to be told of the sessions' end. */
  async insertLogoutNotices(transaction: Transaction, ids: readonly string[]): Promise<void> {
    await transaction.query(statements.INSERT_LOGOUT_NOTICES, [ids]);
  }

  async delete(transaction: Transaction, ids: readonly string[]): Promise<void> {
    await transaction.query(statements.DELETE, [ids]);
  }

  /** @returns whether the session is still there */
  async insertClient(transaction: Transaction, client: SessionClient): Promise<boolean> {
    const { sessionId, clientId, sid } = client;
    const rows = await transaction.query(statements.INSERT_CLIENT, [sessionId, clientId, sid]);
    return rows.length === 1;
  }

  /** Deletes up to `limit` sessions whose time is over. @returns how many */
  async deleteExpired(session: SqlSession, limit: number): Promise<number> {
    return (await session.query(statements.DELETE_EXPIRED, [this.settings.lifetime, limit])).length;
  }

  private async query(statement: Statement, values: readonly unknown[]) {
    const { idleLifetime, lifetime } = this.settings;
    const rows = await this.database.query<FoundSession>(statement, [idleLifetime, lifetime, ...values]);
    return rows.map(({ isStale, ...columns }) => ({
      session: withoutNulls(columns) as BrowserSession,
      isStale,
    }));
  }
}

function valuesOf(signedIn: SignedIn): unknown[] {
  const { cookieHash, authTime, amr, acr = null, userAgent = null, address } = signedIn;
  return [cookieHash, authTime, amr, acr, userAgent, address];
}

function withoutNulls(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

async function idsOf(rows: Promise<object[]>): Promise<string[]> {
  return (await rows).map((row) => (row as { id: string }).id);
}
