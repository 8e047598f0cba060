import { Injectable } from '@nestjs/common';
import { uuidTime } from '../common/uuid-time.js';
import { Denylist } from '../revocation/denylist/denylist.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { AccessTokenReader } from '../tokens/access-tokens/access-token.reader.js';
import { TokenStatusRepository, type TokenSubject } from './token-status.repository.js';

/**
 * Tells whether an access token is alive: genuine, unexpired and not revoked (law L2). Where the denylist
 * does not vouch for it, Postgres is asked.
 */
@Injectable()
export class AccessTokenInspector {
  constructor(
    private readonly reader: AccessTokenReader,
    private readonly denylist: Denylist,
    private readonly repository: TokenStatusRepository,
  ) {}

  /** @returns the claims; `undefined` for whatever is not alive */
  async inspect(token: string): Promise<AccessTokenClaims | undefined> {
    const claims = await this.reader.read(token);
    if (!claims) return undefined;
    const subject = subjectOf(claims);
    const isAlive =
      (await this.denylist.clears(subject, subject.issuedAt)) || (await this.repository.isAlive(subject));
    return isAlive ? claims : undefined;
  }
}

function subjectOf({ jti, client_id: clientId, sid: familyId, sub }: AccessTokenClaims): TokenSubject {
  const userId = sub === clientId ? undefined : sub;
  return { jti, clientId, familyId, userId, issuedAt: uuidTime(familyId ?? jti) };
}
