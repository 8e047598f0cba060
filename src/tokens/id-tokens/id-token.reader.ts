import { Inject, Injectable } from '@nestjs/common';
import { compactVerify } from 'jose';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { TokenKeyService } from '../keys/token-key.service.js';
import { ID_TOKEN_TYPE } from './id-token.js';

/** What an ID token of ours says of a session that may be over. */
export interface IdTokenHint {
  readonly userId: string;
  readonly clientId: string;
  /** The session at the client, where it was told one. */
  readonly sid?: string;
}

/**
 * Reads ID tokens that come back as hints (OIDC Core §3.1.2.1, RP-Initiated Logout §2): genuine and ours; that they
 * have expired does not matter.
 */
@Injectable()
export class IdTokenReader {
  constructor(
    private readonly keys: TokenKeyService,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** @returns `undefined` for anything else, another kind of token of ours included */
  async read(token: string): Promise<IdTokenHint | undefined> {
    const verified = await compactVerify(token, this.keys.verificationKeys).catch(() => undefined);
    if (verified?.protectedHeader.typ !== ID_TOKEN_TYPE) return undefined;
    const { iss, sub, aud, sid } = JSON.parse(new TextDecoder().decode(verified.payload)) as Record<
      string,
      unknown
    >;
    if (iss !== this.http.issuerUrl || typeof sub !== 'string' || typeof aud !== 'string') return undefined;
    return { userId: sub, clientId: aud, ...(typeof sid === 'string' && { sid }) };
  }
}
