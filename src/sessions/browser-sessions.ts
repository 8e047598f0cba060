import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { createHash } from 'node:crypto';
import { Clock } from '../common/clock.js';
import { RandomSource } from '../common/random-source.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { type Authentication, type BrowserSession, type SessionClient } from './browser-session.js';
import { BrowserSessionRepository, type SignedIn } from './browser-session.repository.js';
import { Cookies } from './cookies.js';

const COOKIE_BYTES = 32;
const COOKIE_VALUE = /^[\w-]{43}$/;
const MAX_USER_AGENT = 512;
const MAX_LISTED = 100;

/**
 * Who is signed in to this service in which browser. The browser has a random cookie, the database its hash.
 *
 * Ending a session leaves, in the same transaction, a notice for each client that got tokens in it and wants to be
 * told. Tokens are ended by the `RevocationService`, not here.
 */
@Injectable()
export class BrowserSessions {
  constructor(
    private readonly database: Database,
    private readonly repository: BrowserSessionRepository,
    private readonly cookies: Cookies,
    private readonly clock: Clock,
    private readonly random: RandomSource,
  ) {}

  /** The session of the request's browser, within its limits, of a user who is active and not past their cutoff. */
  async find(request: FastifyRequest): Promise<BrowserSession | undefined> {
    const value = this.cookies.read(request, 'regrant-session');
    if (value === undefined || !COOKIE_VALUE.test(value)) return undefined;
    return this.repository.findLive(hashOf(value));
  }

  /** A user's live sessions, the last seen first, up to a bound that nobody reaches by hand. */
  listByUser(userId: string): Promise<BrowserSession[]> {
    return this.repository.listLive(userId, MAX_LISTED);
  }

  /**
   * Signs somebody in, always under a new cookie, so that nobody else knows it. Somebody who was signed in keeps
   * their session; another's ends.
   */
  async begin(
    request: FastifyRequest,
    reply: FastifyReply,
    authentication: Authentication,
  ): Promise<BrowserSession> {
    const before = await this.find(request);
    const value = this.random.bytes(COOKIE_BYTES).toString('base64url');
    const signedIn = {
      ...authentication,
      cookieHash: hashOf(value),
      authTime: this.clock.now(),
      userAgent: request.headers['user-agent']?.slice(0, MAX_USER_AGENT),
      address: request.ip,
    };
    await this.database.transaction((transaction) => this.store(transaction, before, signedIn));
    this.cookies.set(reply, 'regrant-session', value);
    const session = await this.repository.findLive(signedIn.cookieHash);
    if (!session) throw new Error('the user was disabled or deleted while they signed in');
    return session;
  }

  /** Signs the request's browser out, whether it was signed in or not. */
  async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const session = await this.find(request);
    if (session) await this.database.transaction((transaction) => this.endById(transaction, session.id));
    this.forget(reply);
  }

  /** Has the browser forget its cookie, where its session is ended by {@link endById}. */
  forget(reply: FastifyReply): void {
    this.cookies.clear(reply, 'regrant-session');
  }

  /** @returns whether there was such a session */
  async endById(transaction: Transaction, id: string): Promise<boolean> {
    return this.endAll(transaction, await this.repository.lockById(transaction, id));
  }

  /** In every browser. @returns whether there was any */
  async endByUser(transaction: Transaction, userId: string): Promise<boolean> {
    return this.endAll(transaction, await this.repository.lockByUser(transaction, userId));
  }

  /**
   * Remembers that a client got tokens in a session, to tell it of the end.
   *
   * @returns whether the session is still there: a client that comes too late is told of nothing
   */
  noteClient(transaction: Transaction, client: SessionClient): Promise<boolean> {
    return this.repository.insertClient(transaction, client);
  }

  private async store(
    transaction: Transaction,
    before: BrowserSession | undefined,
    signedIn: SignedIn,
  ): Promise<void> {
    if (before?.userId === signedIn.userId) {
      if (await this.repository.renew(transaction, before.id, signedIn)) return;
    } else if (before) await this.endById(transaction, before.id);
    await this.repository.insert(transaction, this.random.uuid(), signedIn);
  }

  private async endAll(transaction: Transaction, ids: readonly string[]): Promise<boolean> {
    if (ids.length === 0) return false;
    await this.repository.insertLogoutNotices(transaction, ids);
    await this.repository.delete(transaction, ids);
    return true;
  }
}

function hashOf(cookieValue: string): Buffer {
  return createHash('sha256').update(cookieValue).digest();
}
