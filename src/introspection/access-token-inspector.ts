import { Injectable } from '@nestjs/common';
import { uuidTime } from '../common/uuid-time.js';
import { Metrics } from '../metrics/metrics.js';
import { type Tally } from '../metrics/tally.js';
import { Denylist } from '../revocation/denylist/denylist.js';
import { keysOf } from '../revocation/denylist/denylist-entry.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { AccessTokenReader, type ReadAccessToken } from '../tokens/access-tokens/access-token.reader.js';
import { TokenStatusRepository, type TokenSubject } from './token-status.repository.js';

/** `token`: what is not genuine or has expired says so itself. */
const DECIDERS = ['token', 'denylist', 'database'] as const;
type Decider = (typeof DECIDERS)[number];

/** What is asked about a token, and the keys under which the denylist could have it. */
interface Question {
  readonly subject: TokenSubject;
  readonly keys: readonly string[];
}

/**
 * Tells whether an access token is alive: genuine, unexpired and not revoked, nor its key (law L2). Where the denylist
 * does not vouch for it, Postgres is asked.
 */
@Injectable()
export class AccessTokenInspector {
  /** For as long as the reader remembers a token: the one that is asked about again is asked about in the same words. */
  private readonly questions = new WeakMap<ReadAccessToken, Question>();
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
    const { subject, keys } = this.questions.get(read) ?? this.question(read);
    if (await this.denylist.clears(keys, subject.issuedAt)) return this.decided('denylist', claims);
    return this.decided('database', (await this.repository.isAlive(subject)) ? claims : undefined);
  }

  private question(read: ReadAccessToken): Question {
    const subject = subjectOf(read);
    const question = { subject, keys: keysOf(subject) };
    this.questions.set(read, question);
    return question;
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
