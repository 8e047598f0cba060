import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../database/database.js';
import { type Statement } from '../database/sql-session.js';

const TIME_TO_LIVE_MS = 60_000;
const CAPACITY = 1_000;

const IS_REGISTERED: Statement = {
  name: 'client_origin_is_registered',
  text: `
    SELECT EXISTS (
      SELECT 1 FROM client c, unnest(c.redirect_uris) AS uri
      WHERE c.type = 'public' AND c.enabled AND (uri = $1 OR starts_with(uri, $1 || '/'))) AS registered`,
};

/** The web origins from which a browser may call us: where public clients are redirected to (CORS). */
@Injectable()
export class ClientOrigins {
  private readonly cache = new LRUCache<string, boolean>({ max: CAPACITY, ttl: TIME_TO_LIVE_MS });

  constructor(private readonly database: Database) {}

  async isRegistered(origin: string): Promise<boolean> {
    if (!isWebOrigin(origin)) return false;
    const known = this.cache.get(origin);
    if (known !== undefined) return known;
    const [row] = await this.database.query<{ registered: boolean }>(IS_REGISTERED, [origin]);
    this.cache.set(origin, row?.registered ?? false);
    return row?.registered ?? false;
  }
}

/** As a browser sends it: scheme, host and port, and no `null`. */
function isWebOrigin(origin: string): boolean {
  return /^https?:\/\//.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
}
