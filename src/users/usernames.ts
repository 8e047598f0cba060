import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { UserRepository } from './user.repository.js';

const TIME_TO_LIVE_MS = 60_000;
const CAPACITY = 100_000;

/** The names that users go by, held in memory. A changed name is told late, by a minute at most. */
@Injectable()
export class Usernames {
  private readonly names = new LRUCache<string, string>({ max: CAPACITY, ttl: TIME_TO_LIVE_MS });

  constructor(private readonly users: UserRepository) {}

  /** @returns `undefined` where there is no such user */
  async find(userId: string): Promise<string | undefined> {
    const known = this.names.get(userId);
    if (known !== undefined) return known;
    const username = await this.users.findUsername(userId);
    if (username !== undefined) this.names.set(userId, username);
    return username;
  }
}
