import { Injectable } from '@nestjs/common';
import { uuidTime } from '../common/uuid-time.js';
import { Metrics } from '../metrics/metrics.js';
import { type Tally } from '../metrics/tally.js';
import { Denylist } from '../revocation/denylist/denylist.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { AccessTokenReader, type ReadAccessToken } from '../tokens/access-tokens/access-token.reader.js';
import { TokenStatusRepository, type TokenSubject } from './token-status.repository.js';

/** `token`: what is not genuine or has expired says so itself. */
const DECIDERS = ['token', 'denylist', 'database'] as const;
type Decider = (typeof DECIDERS)[number];

/**
 * Tells whether an access token is alive: genuine, unexpired and not revoked, nor its key (law L2). Where the denylist
 * does not vouch for it, Postgres is asked.
 */
@Injectable()
export class AccessTokenInspector {
  private readonly checks: ReadonlyMap<Decider, Tally<'active' | 'inactive'>>;

  constructor(
    private readonly reader: AccessTokenReader,
    private readonly denylist: Denylist,
    private readonly repository: TokenStatusRepository,
    metrics: Metrics,
  ) {
    this.checks = metrics.tallies(
      {
        name: 'regrant_access_token_checks_total',
        help: 'Access tokens looked at, shown to us or asked about, by result and by what decided it.',
      },
      ['decided_by', 'result'],
      DECIDERS,
      ['active', 'inactive'],
    );
  }

  /** @returns the claims; `undefined` for whatever is not alive */
  async inspect(token: string): Promise<AccessTokenClaims | undefined> {
    const read = await this.reader.readWithKey(token);
    if (!read) return this.decided('token', undefined);
    const { claims } = read;
    const subject = subjectOf(read);
    if (await this.denylist.clears(subject, subject.issuedAt)) return this.decided('denylist', claims);
    return this.decided('database', (await this.repository.isAlive(subject)) ? claims : undefined);
  }

  private decided(by: Decider, claims: AccessTokenClaims | undefined): AccessTokenClaims | undefined {
    this.checks.get(by)?.count(claims ? 'active' : 'inactive');
    return claims;
  }
}

function subjectOf({ claims, keyId }: ReadAccessToken): TokenSubject {
  const { jti, client_id: clientId, sid: familyId, sub } = claims;
  const userId = sub === clientId ? undefined : sub;
  return { jti, clientId, familyId, userId, keyId, issuedAt: uuidTime(familyId ?? jti) };
}
