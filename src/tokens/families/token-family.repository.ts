import { Injectable } from '@nestjs/common';
import { plainArray } from '../../database/array-literal.js';
import { Database } from '../../database/database.js';
import { type SqlSession, type Transaction } from '../../database/sql-session.js';
import { type FamilyState, type TokenFamily } from './token-family.js';
import * as statements from './token-family.statements.js';

/** A family to be: the row, and the seconds that its first token lives. */
export interface NewFamily {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly keyVersion: number;
  readonly tokenHash: Buffer;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly authTime: Date;
  readonly amr: readonly string[];
  readonly acr?: string;
  readonly jkt?: string;
  readonly browserSessionId?: string;
  readonly offline?: boolean;
  readonly userAgent?: string;
  readonly address?: string;
  readonly lifetime: number;
}

/** An access token as a family remembers it. */
export interface NotedAccessToken {
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly exp: number;
}

/** How large a table is. */
export interface TableExtent {
  /** 1 for a table that is not partitioned. */
  readonly partitions: number;
  /** Of the largest partition. */
  readonly pages: number;
}

/** What EXPLAIN answers, as far as it is of interest. */
interface ExplainedRow {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Plan Rows': number } }];
}

/** One member of a rotation: what must hold, and what follows. Lifetimes in seconds. */
export interface RotationMember {
  readonly familyId: string;
  readonly clientId: string;
  readonly generation: number;
  readonly tokenHash: Buffer;
  readonly successorHash: Buffer;
  readonly keyVersion: number;
  readonly jkt?: string;
  readonly scopes?: readonly string[];
  readonly audiences?: readonly string[];
  readonly lifetime: number;
  readonly slides: boolean;
  /** `undefined` for no limit. */
  readonly absoluteLifetime?: number;
  /** Thumbprint of the key that the successor is bound to, where the family is bound to none yet. */
  readonly bindJkt?: string;
  /** Where the request comes from. */
  readonly address?: string;
}

/** Token families in Postgres. A statement whose row count is the verdict, and no rules beyond it. */
@Injectable()
export class TokenFamilyRepository {
  constructor(private readonly database: Database) {}

  async insert(session: SqlSession, family: NewFamily): Promise<TokenFamily> {
    const [row] = await session.query<TokenFamily>(statements.INSERT, [
      family.id,
      family.userId,
      family.clientId,
      family.keyVersion,
      family.tokenHash,
      family.scopes,
      family.audiences,
      family.authTime,
      family.amr,
      family.acr,
      family.jkt,
      family.lifetime,
      family.browserSessionId,
      family.offline ?? false,
      family.userAgent,
      family.address,
    ]);
    if (!row) throw new Error('a token family was not inserted');
    return row;
  }

  /**
   * Rotates the members in one statement. No two may be of one family, and they must
   * be in the order of their ids, so that concurrent statements can't deadlock.
   *
   * @returns the families that did rotate
   */
  rotate(session: SqlSession, members: readonly RotationMember[]): Promise<TokenFamily[]> {
    const column = <Value>(value: (member: RotationMember) => Value) => members.map(value);
    return session.query<TokenFamily>(statements.ROTATE, [
      plainArray(column(({ familyId }) => familyId)),
      column(({ clientId }) => clientId),
      plainArray(column(({ generation }) => generation)),
      column(({ tokenHash }) => tokenHash),
      column(({ successorHash }) => successorHash),
      plainArray(column(({ keyVersion }) => keyVersion)),
      column(({ jkt }) => jkt ?? null),
      column(({ scopes }) => scopes?.join(' ') ?? null),
      column(({ audiences }) => audiences?.join(' ') ?? null),
      plainArray(column(({ lifetime }) => lifetime)),
      plainArray(column(({ slides }) => slides)),
      column(({ absoluteLifetime }) => absoluteLifetime ?? null),
      column(({ bindJkt }) => bindJkt ?? null),
      column(({ address }) => address ?? null),
    ]);
  }

  /** The families of the ids that there are. */
  findStates(session: SqlSession, ids: readonly string[]): Promise<FamilyState[]> {
    return session.query<FamilyState>(statements.FIND_STATES, [ids]);
  }

  /** Notes a use and where it came from, at most once in `interval` seconds. */
  async markUsed(session: SqlSession, id: string, interval: number, address?: string): Promise<void> {
    await session.query(statements.MARK_USED, [id, interval, address]);
  }

  /**
   * Notes the access token that a family has now; times in seconds since the epoch.
   *
   * @returns the one that it had before, if any was noted. The row stays locked until the transaction ends
   */
  async replaceAccessToken(
    transaction: Transaction,
    id: string,
    { jti, exp }: NotedAccessToken,
  ): Promise<NotedAccessToken | undefined> {
    const [before] = await transaction.query<NotedAccessToken | { jti: null }>(statements.LOCK_ACCESS_TOKEN, [
      id,
    ]);
    await transaction.query(statements.SET_ACCESS_TOKEN, [id, jti, exp]);
    return before?.jti == null ? undefined : before;
  }

  /** @returns the family, or `undefined` when it was revoked already or is not there */
  async revoke(transaction: Transaction, id: string, reason: string): Promise<TokenFamily | undefined> {
    const [row] = await transaction.query<TokenFamily>(statements.REVOKE, [id, reason]);
    return row;
  }

  /** Makes concurrent transactions of one user at one client wait for each other, until they end. */
  async lockUserAtClient(transaction: Transaction, userId: string, clientId: string): Promise<void> {
    await transaction.query(statements.LOCK_USER_AT_CLIENT, [userId, clientId]);
  }

  /** The live families of a user at a client but for the `keep` youngest. */
  async findLiveBeyond(
    transaction: Transaction,
    userId: string,
    clientId: string,
    keep: number,
  ): Promise<string[]> {
    const rows = await transaction.query<{ id: string }>(statements.LIVE_BEYOND, [userId, clientId, keep]);
    return rows.map(({ id }) => id);
  }

  /** The live families that began in a browser session and end with it, in the order of their ids. */
  async findLiveInBrowserSession(transaction: Transaction, sessionId: string): Promise<string[]> {
    const rows = await transaction.query<{ id: string }>(statements.LIVE_IN_BROWSER_SESSION, [sessionId]);
    return rows.map(({ id }) => id);
  }

  /** How the table is laid out on disk. */
  async measure(): Promise<TableExtent> {
    const [row] = await this.database.query<TableExtent>(statements.MEASURE);
    if (!row) throw new Error('the family table was not measured');
    return row;
  }

  /** About how many families are neither revoked nor expired; a mere guess before the table was analysed first. */
  async estimateLive(): Promise<number> {
    const [row] = await this.database.query<ExplainedRow>(statements.ESTIMATE_LIVE);
    return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
  }

  /**
   * Deletes families on the pages `from` to `to`, exclusive, of every partition that expired or were revoked over
   * `seconds` ago.
   */
  async deleteEndedOnPages(session: SqlSession, from: number, to: number, seconds: number): Promise<void> {
    await session.query(statements.DELETE_ENDED_ON_PAGES, [from, to, seconds]);
  }
}
