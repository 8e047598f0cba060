import { Inject, Injectable } from '@nestjs/common';
import { type Client } from '../../clients/client.js';
import { Clock } from '../../common/clock.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { signCompactJws } from '../../tokens/keys/compact-jws.js';
import { TokenKeyService } from '../../tokens/keys/token-key.service.js';
import { type LogoutNotice } from './logout-notice.repository.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Seconds, as the specification has it (§4): time enough for a post. */
const LIFETIME = 120;

/** Signs logout tokens (Back-Channel Logout §2.4), as they are sent: none is stored. */
@Injectable()
export class LogoutTokenService {
  constructor(
    private readonly keys: TokenKeyService,
    private readonly clock: Clock,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /**
   * A token by the algorithm of the client's ID tokens. Its `jti` is that of the notice, the same at each attempt.
   *
   * @throws OAuthError 503 when there is no key of the algorithm just now
   */
  sign({ id, userId, sid }: LogoutNotice, client: Client): Promise<string> {
    const iat = this.clock.seconds();
    return signCompactJws(this.keys.current(client.idTokenAlgorithm), 'logout+jwt', {
      iss: this.http.issuerUrl,
      aud: client.id,
      sub: userId,
      sid,
      iat,
      exp: iat + LIFETIME,
      jti: id,
      events: { [EVENT]: {} },
    });
  }
}
