import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { type SqlSession } from '../../database/sql-session.js';
import { Tracer } from '../../tracing/tracer.js';
import { UserProfiles } from '../../users/user-profiles.js';
import { TokenKeyService } from '../keys/token-key.service.js';
import { TokenSigner } from '../keys/token-signer.js';
import { atHash } from './at-hash.js';
import { ID_TOKEN_TYPE, type IdTokenClaims, type IdTokenRequest } from './id-token.js';
import { claimsWithin } from './scope-claims.js';

const SIGNING = { name: 'encode id token', kind: 'internal' } as const;

/** Mints ID tokens (OIDC Core §2): who signed in, when and how, and what the granted scopes tell of them. */
@Injectable()
export class IdTokenService {
  constructor(
    private readonly keys: TokenKeyService,
    private readonly signer: TokenSigner,
    private readonly profiles: UserProfiles,
    private readonly clock: Clock,
    private readonly tracer: Tracer,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /**
   * An ID token that lives as long as the access token beside it.
   *
   * @param session a transaction, for who is in one
   * @throws OAuthError 503 when there is no key of the client's algorithm
   */
  async mint(request: IdTokenRequest, session?: SqlSession): Promise<string> {
    const { client, userId, scopes } = request;
    const key = this.keys.current(client.idTokenAlgorithm);
    const profile = await this.profiles.find(userId, session);
    const claims = { ...(profile && claimsWithin(scopes, profile)), ...this.claims(request) };
    return this.tracer.child(SIGNING, () => this.signer.sign(key, ID_TOKEN_TYPE, claims));
  }

  private claims({ client, userId, accessToken, authTime, ...request }: IdTokenRequest): IdTokenClaims {
    const { acr, amr, sid, nonce } = request;
    const iat = this.clock.seconds();
    return {
      iss: this.http.issuerUrl,
      sub: userId,
      aud: client.id,
      exp: iat + client.policy.accessTokenLifetime,
      iat,
      auth_time: Math.floor(authTime.getTime() / 1000),
      at_hash: atHash(accessToken, client.idTokenAlgorithm),
      ...(sid && { sid }),
      ...(nonce !== undefined && { nonce }),
      ...(acr && { acr }),
      ...(amr.length > 0 && { amr }),
    };
  }
}
