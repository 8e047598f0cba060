import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { Metrics } from '../metrics/metrics.js';
import { type Tally } from '../metrics/tally.js';
import { TokenFamilyService } from '../tokens/families/token-family.service.js';
import { type FamilyState } from '../tokens/families/token-family.js';
import { type AccessTokenClaims } from '../tokens/access-tokens/access-token.js';
import { signCompactJws } from '../tokens/keys/compact-jws.js';
import { TokenKeyService } from '../tokens/keys/token-key.service.js';
import { AccessTokenInspector } from './access-token-inspector.js';
import { UserProfiles } from '../users/user-profiles.js';
import { type IntrospectionCaller } from './introspection-caller.js';

/** The answer of RFC 7662 §2.2; of a token that is not active, or not for the caller, nothing else. */
export type Introspection =
  { readonly active: false } | ({ readonly active: true } & Readonly<Record<string, unknown>>);

const INACTIVE: Introspection = { active: false };

/** Says of a token what its caller may know (RFC 7662). The kind is told by the token's form, not by a hint. */
@Injectable()
export class IntrospectionService {
  private readonly results: Tally<'active' | 'inactive'>;

  constructor(
    private readonly inspector: AccessTokenInspector,
    private readonly families: TokenFamilyService,
    private readonly profiles: UserProfiles,
    private readonly keys: TokenKeyService,
    private readonly clock: Clock,
    metrics: Metrics,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {
    const help = 'Introspection answers, by whether the token is active for its caller.';
    const described = { name: 'regrant_introspections_total', help };
    this.results = metrics.tally(described, 'result', ['active', 'inactive']);
  }

  async introspect(caller: IntrospectionCaller, token: string): Promise<Introspection> {
    const answer = await this.lookUp(caller, token);
    this.results.count(answer.active ? 'active' : 'inactive');
    return answer;
  }

  private async lookUp(caller: IntrospectionCaller, token: string): Promise<Introspection> {
    const family = await this.families.findCurrent(token);
    if (family) return family.client_id === caller.client.id ? this.ofFamily(family) : INACTIVE;
    const claims = await this.inspector.inspect(token);
    return claims && maySee(caller, claims) ? this.ofAccessToken(claims) : INACTIVE;
  }

  /** The same as a signed JWT for the caller (RFC 9701 §5). */
  sign(caller: IntrospectionCaller, introspection: Introspection): Promise<string> {
    const key = this.keys.current(caller.client.policy.accessTokenAlgorithm);
    return signCompactJws(key, 'token-introspection+jwt', {
      iss: this.http.issuerUrl,
      aud: caller.client.id,
      iat: this.clock.seconds(),
      token_introspection: introspection,
    });
  }

  private async ofAccessToken(claims: AccessTokenClaims): Promise<Introspection> {
    const { sub, client_id, cnf, iat } = claims;
    const username = sub === client_id ? undefined : (await this.profiles.find(sub))?.username;
    const token_type = cnf ? 'DPoP' : 'Bearer';
    return { active: true, ...claims, nbf: iat, token_type, ...(username !== undefined && { username }) };
  }

  private ofFamily(family: FamilyState): Introspection {
    const { id, client_id, user_id, username, scopes, dpop_jkt } = family;
    return {
      active: true,
      client_id,
      sub: user_id,
      username,
      scope: scopes.join(' '),
      iat: seconds(family.issued_at),
      exp: seconds(family.expires_at),
      iss: this.http.issuerUrl,
      sid: id,
      ...(dpop_jkt && { cnf: { jkt: dpop_jkt } }),
    };
  }
}

function maySee({ client, audiences }: IntrospectionCaller, { client_id, aud }: AccessTokenClaims): boolean {
  return client_id === client.id || [aud].flat().some((audience) => audiences.includes(audience));
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
