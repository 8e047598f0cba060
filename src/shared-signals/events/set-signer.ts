import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { Clock } from '../../common/clock.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { type KeyAlgorithm } from '../../tokens/keys/token-key.js';
import { TokenKeyService } from '../../tokens/keys/token-key.service.js';
import { type SecurityEvent } from './security-event.js';

/** What CAEP's interoperability profile has every receiver verify. */
const INTEROPERABLE = 'RS256';

/** Signs Security Event Tokens, as they are delivered: none is stored. */
@Injectable()
export class SetSigner {
  constructor(
    private readonly keys: TokenKeyService,
    private readonly clock: Clock,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /**
   * A Security Event Token in the framing of SSF §4: no `sub` and no `exp`, so that nobody takes it for
   * another kind of token.
   *
   * @throws OAuthError 503 when there is no key to sign with just now
   */
  sign({ jti, txn, subject, type, payload }: SecurityEvent, audience: string): Promise<string> {
    const { kid, privateKey, algorithm } = this.keys.current(this.algorithm);
    return new SignJWT({ jti, txn, sub_id: subject, events: { [type]: payload } })
      .setProtectedHeader({ alg: algorithm, kid, typ: 'secevent+jwt' })
      .setIssuer(this.http.issuerUrl)
      .setAudience(audience)
      .setIssuedAt(this.clock.seconds())
      .sign(privateKey);
  }

  /** Where the operator keeps no RS256 key, the first that there is. */
  private get algorithm(): KeyAlgorithm {
    const [first = INTEROPERABLE] = this.keys.signingAlgorithms;
    return (this.keys.signingAlgorithms.includes(INTEROPERABLE) ? INTEROPERABLE : first) as KeyAlgorithm;
  }
}
