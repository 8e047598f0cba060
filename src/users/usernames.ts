import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Broadcast } from '../redis/broadcast.js';
import { UserRepository } from './user.repository.js';

const TIME_TO_LIVE_MS = 60_000;
const CAPACITY = 100_000;
const TOPIC = 'username-changed';

/**
 * The names that users go by, held in memory. A change is told to every replica at once; the time to live
 * is the backstop.
 */
@Injectable()
export class Usernames {
  private readonly names = new LRUCache<string, string>({ max: CAPACITY, ttl: TIME_TO_LIVE_MS });
  private changes = 0;

  constructor(
    private readonly users: UserRepository,
    private readonly broadcast: Broadcast,
  ) {
    broadcast.listen(TOPIC, (userId) => {
      this.changes += 1;
      this.names.delete(userId);
    });
  }

  /** @returns `undefined` where there is no such user */
  async find(userId: string): Promise<string | undefined> {
    return this.names.get(userId) ?? this.load(userId);
  }

  /** Makes every replica read the name again. */
  async changed(userId: string): Promise<void> {
    await this.broadcast.send(TOPIC, userId);
  }

  private async load(userId: string): Promise<string | undefined> {
    const before = this.changes;
    const username = await this.users.findUsername(userId);
    // What was read while something changed may be what was there before.
    if (username !== undefined && before === this.changes) this.names.set(userId, username);
    return username;
  }
}
