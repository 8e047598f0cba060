import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Statement } from '../database/sql-session.js';
import { type ListedToken } from '../revocation/denylist/denylist-entry.js';

/** What decides whether an access token is alive, besides its own claims. */
export interface TokenSubject extends ListedToken {
  /** When it was issued, in milliseconds since the epoch; what a family was issued counts from its beginning. */
  readonly issuedAt: number;
}

/** Everything that can end a token, in one statement: itself, its family, its user, its client, everybody's cutoff. */
const FIND_STATUS: Statement = {
  name: 'access_token_status',
  text: `
    SELECT
      NOT EXISTS (SELECT 1 FROM revoked_access_token r WHERE r.jti = $1)
      AND ($3::uuid IS NULL OR (f.client_id = $2 AND f.revoked_at IS NULL)) IS TRUE
      AND ($4::uuid IS NULL OR (u.status = 'active' AND COALESCE(u.tokens_not_before < i.issued_at, true))) IS TRUE
      AND (c.enabled AND COALESCE(c.tokens_not_before < i.issued_at, true)) IS TRUE
      AND COALESCE(s.tokens_not_before < i.issued_at, true) AS alive
    FROM server_state s
    LEFT JOIN client c ON c.id = $2
    LEFT JOIN token_family f ON f.id = $3::uuid
    LEFT JOIN user_account u ON u.id = $4::uuid
    CROSS JOIN LATERAL (SELECT COALESCE(f.issued_at, to_timestamp($5 / 1000.0)) AS issued_at) i`,
};

@Injectable()
export class TokenStatusRepository {
  constructor(private readonly database: Database) {}

  /** Whether nothing has ended the token. */
  async isAlive({ jti, clientId, familyId, userId, issuedAt }: TokenSubject): Promise<boolean> {
    const values = [jti, clientId, familyId ?? null, userId ?? null, issuedAt];
    const [row] = await this.database.query<{ alive: boolean }>(FIND_STATUS, values);
    return row?.alive ?? false;
  }
}
