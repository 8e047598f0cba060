import { Inject, Injectable } from '@nestjs/common';
import { rotationConfig, type RotationSettings } from '../config/rotation.config.js';
import { Database } from '../database/database.js';
import { type Statement } from '../database/sql-session.js';
import { type BatchMember, type StatementBatcher } from '../database/statement-batcher.js';
import { StatementBatchers } from '../database/statement-batchers.js';
import { type ListedToken } from '../revocation/denylist/denylist-entry.js';

/** What decides whether an access token is alive, besides its own claims. */
export interface TokenSubject extends ListedToken {
  /** When it was issued, in milliseconds since the epoch; what a family was issued counts from its beginning. */
  readonly issuedAt: number;
}

/** Everything that can end a token, in one statement: itself, its key, family, user and client, everybody's cutoff. */
const FIND_ALIVE: Statement = {
  name: 'access_tokens_alive',
  text: `
    SELECT t.jti
    FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[], $5::float8[], $6::text[])
      AS t (jti, client_id, family_id, user_id, issued_at, kid)
    CROSS JOIN server_state s
    LEFT JOIN client c ON c.id = t.client_id
    LEFT JOIN token_family f ON f.id = t.family_id
    LEFT JOIN user_account u ON u.id = t.user_id
    CROSS JOIN LATERAL (SELECT COALESCE(f.issued_at, to_timestamp(t.issued_at / 1000.0)) AS issued_at) i
    WHERE NOT EXISTS (SELECT 1 FROM revoked_access_token r WHERE r.jti = t.jti)
      AND NOT EXISTS (SELECT 1 FROM revoked_key k WHERE k.kid = t.kid)
      AND (t.family_id IS NULL OR (f.client_id = t.client_id AND f.revoked_at IS NULL)) IS TRUE
      AND (t.user_id IS NULL
        OR (u.status = 'active' AND COALESCE(u.tokens_not_before < i.issued_at, true))) IS TRUE
      AND (c.enabled AND COALESCE(c.tokens_not_before < i.issued_at, true)) IS TRUE
      AND COALESCE(s.tokens_not_before < i.issued_at, true)`,
};

/** Whether access tokens are alive, by Postgres' word. Concurrent questions share statements. */
@Injectable()
export class TokenStatusRepository {
  private readonly batcher: StatementBatcher<TokenSubject & BatchMember, true>;

  constructor(
    private readonly database: Database,
    batchers: StatementBatchers,
    @Inject(rotationConfig.KEY) settings: RotationSettings,
  ) {
    this.batcher = batchers.create('token_reads', (subjects) => this.findAlive(subjects), settings);
  }

  /** Whether nothing has ended the token by now. */
  async isAlive(subject: TokenSubject): Promise<boolean> {
    return (await this.batcher.add({ ...subject, key: subject.jti })) ?? false;
  }

  private async findAlive(subjects: readonly TokenSubject[]): Promise<ReadonlyMap<string, true>> {
    const rows = await this.database.query<{ jti: string }>(FIND_ALIVE, [
      subjects.map(({ jti }) => jti),
      subjects.map(({ clientId }) => clientId),
      subjects.map(({ familyId }) => familyId ?? null),
      subjects.map(({ userId }) => userId ?? null),
      subjects.map(({ issuedAt }) => issuedAt),
      subjects.map(({ keyId }) => keyId ?? null),
    ]);
    return new Map(rows.map(({ jti }) => [jti, true]));
  }
}
