import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../database/database.js';
import { type SqlSession } from '../database/sql-session.js';
import { Broadcast } from '../redis/broadcast.js';
import { type UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';

/** What is said of a user, as it was stored at `updatedAt`. */
export type KnownProfile = Readonly<Pick<UserEntity, 'username' | 'email' | 'claims' | 'updatedAt'>>;

const TIME_TO_LIVE_MS = 60_000;
const CAPACITY = 100_000;
/** In characters of claims as JSON: users with many claims must not fill the memory. */
const SIZE = 32 * 1024 * 1024;
const TOPIC = 'user-changed';

/**
 * Users' names and claims, held in memory, so that a token that tells them costs no query. A change is told to every
 * replica at once; the time to live is the backstop. Whether a user may do anything is not asked here.
 */
@Injectable()
export class UserProfiles {
  private readonly profiles = new LRUCache<string, KnownProfile>({
    max: CAPACITY,
    maxSize: SIZE,
    sizeCalculation: ({ claims }) => JSON.stringify(claims).length,
    ttl: TIME_TO_LIVE_MS,
  });
  private changes = 0;

  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly broadcast: Broadcast,
  ) {
    broadcast.listen(TOPIC, (userId) => {
      this.changes += 1;
      this.profiles.delete(userId);
    });
  }

  /**
   * @param session a transaction, for who is in one: a second connection might not be had meanwhile
   * @returns `undefined` where there is no such user
   */
  async find(userId: string, session: SqlSession = this.database): Promise<KnownProfile | undefined> {
    return this.profiles.get(userId) ?? this.load(userId, session);
  }

  /** Makes every replica read the profile again. */
  async changed(userId: string): Promise<void> {
    await this.broadcast.send(TOPIC, userId);
  }

  private async load(userId: string, session: SqlSession): Promise<KnownProfile | undefined> {
    const before = this.changes;
    const profile = await this.users.findProfile(session, userId);
    // What was read while something changed may be what was there before.
    if (profile !== undefined && before === this.changes) this.profiles.set(userId, profile);
    return profile;
  }
}
