import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { tokensConfig, type TokensSettings } from '../config/tokens.config.js';
import { Broadcast } from '../redis/broadcast.js';
import { Client } from './client.js';
import { ClientRepository } from './client.repository.js';
import { effectivePolicy } from './token-policy.js';

const TIME_TO_LIVE_MS = 5_000;
/** So often the clock is read. */
const CLOCK_MS = 100;
const CAPACITY = 10_000;
const TOPIC = 'client-changed';

/**
 * Registered clients by id, held in memory. A change is told to every replica at once; the short time to
 * live is the backstop. What must not lag, disabling and cutoffs, the rotation statement checks again.
 */
@Injectable()
export class ClientDirectory {
  private readonly cache = new LRUCache<string, Client>({
    max: CAPACITY,
    ttl: TIME_TO_LIVE_MS,
    ttlResolution: CLOCK_MS,
  });
  private changes = 0;

  constructor(
    private readonly repository: ClientRepository,
    private readonly broadcast: Broadcast,
    @Inject(tokensConfig.KEY) private readonly defaults: TokensSettings,
  ) {
    broadcast.listen(TOPIC, (id) => {
      this.changes += 1;
      this.cache.delete(id);
    });
  }

  async find(id: string): Promise<Client | undefined> {
    return this.cache.get(id) ?? this.load(id);
  }

  /** Makes every replica read the client again. */
  async changed(id: string): Promise<void> {
    await this.broadcast.send(TOPIC, id);
  }

  private async load(id: string): Promise<Client | undefined> {
    const before = this.changes;
    const entity = await this.repository.findById(id);
    if (!entity) return undefined;
    const client = new Client(entity, effectivePolicy(entity.tokenPolicy, this.defaults));
    // What was read while something changed may be what was there before.
    if (before === this.changes) this.cache.set(id, client);
    return client;
  }
}
