import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { RedisConnection } from './redis.connection.js';

const MEMORY_ENTRIES = 200_000;

/**
 * Remembers for a while what may be used only once, such as the `jti` of a DPoP proof.
 *
 * In Redis, so that replicas share it; in memory too, for when Redis is not there or does not answer.
 */
@Injectable()
export class OnceStore {
  private readonly here = new LRUCache<string, true>({ max: MEMORY_ENTRIES });

  constructor(private readonly redis: RedisConnection) {}

  /** @returns whether this is the first use of the id within `ttl` seconds */
  async claim(purpose: string, id: string, ttl: number): Promise<boolean> {
    const key = `${purpose}:${id}`;
    if (this.here.has(key)) return false;
    this.here.set(key, true, { ttl: ttl * 1000 });
    return this.claimShared(key, ttl);
  }

  private async claimShared(key: string, ttl: number): Promise<boolean> {
    const { client, settings } = this.redis;
    if (!client) return true;
    try {
      return (await client.set(`${settings.keyPrefix}once:${key}`, '1', 'EX', ttl, 'NX')) === 'OK';
    } catch {
      return true;
    }
  }
}
