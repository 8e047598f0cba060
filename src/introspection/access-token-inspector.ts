import { Injectable } from '@nestjs/common';
import { uuidTime } from '../common/uuid-time.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { AccessTokenReader } from '../tokens/access-tokens/access-token.reader.js';
import { TokenStatusRepository } from './token-status.repository.js';

/** An access token that is alive. */
export interface LiveAccessToken {
  readonly claims: AccessTokenClaims;
  /** Of the user, where there is one. */
  readonly username: string | null;
}

/** Tells whether an access token is alive: genuine, unexpired and, by Postgres' word, not revoked (law L2). */
@Injectable()
export class AccessTokenInspector {
  constructor(
    private readonly reader: AccessTokenReader,
    private readonly repository: TokenStatusRepository,
  ) {}

  /** @returns `undefined` for whatever is not alive */
  async inspect(token: string): Promise<LiveAccessToken | undefined> {
    const claims = await this.reader.read(token);
    if (!claims) return undefined;
    const { jti, client_id: clientId, sid: familyId, sub } = claims;
    const userId = sub === clientId ? undefined : sub;
    const subject = { jti, clientId, familyId, userId, issuedAt: uuidTime(jti) };
    const { alive, username } = await this.repository.findStatus(subject);
    return alive ? { claims, username } : undefined;
  }
}
