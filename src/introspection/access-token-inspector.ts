import { Injectable } from '@nestjs/common';
import { uuidTime } from '../common/uuid-time.js';
import { Denylist } from '../revocation/denylist/denylist.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { AccessTokenReader, type ReadAccessToken } from '../tokens/access-tokens/access-token.reader.js';
import { TokenStatusRepository, type TokenSubject } from './token-status.repository.js';

/**
 * Tells whether an access token is alive: genuine, unexpired and not revoked, nor its key (law L2). Where the denylist
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
    const read = await this.reader.readWithKey(token);
    if (!read) return undefined;
    const subject = subjectOf(read);
    const isAlive =
      (await this.denylist.clears(subject, subject.issuedAt)) || (await this.repository.isAlive(subject));
    return isAlive ? read.claims : undefined;
  }
}

function subjectOf({ claims, keyId }: ReadAccessToken): TokenSubject {
  const { jti, client_id: clientId, sid: familyId, sub } = claims;
  const userId = sub === clientId ? undefined : sub;
  return { jti, clientId, familyId, userId, keyId, issuedAt: uuidTime(familyId ?? jti) };
}
