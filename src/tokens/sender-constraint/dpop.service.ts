import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { Clock } from '../../common/clock.js';
import { OAuthError } from '../../common/oauth-error.js';
import { tokensConfig, type TokensSettings } from '../../config/tokens.config.js';
import { OnceStore } from '../../redis/once-store.js';
import { type DpopProof, type ProofTarget, readDpopProof } from './dpop-proof.js';
import { DpopNonces } from './dpop-nonces.js';

/** Checks DPoP proofs (RFC 9449): whole, fresh and never seen before. */
@Injectable()
export class DpopService {
  constructor(
    private readonly nonces: DpopNonces,
    private readonly once: OnceStore,
    private readonly clock: Clock,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  /**
   * @param headers every `DPoP` header of the request
   * @returns the thumbprint of the proof's key, or `undefined` when there is no proof
   * @throws OAuthError `invalid_dpop_proof`, or `use_dpop_nonce` with a nonce to use
   */
  async verify(headers: readonly string[], target: ProofTarget): Promise<string | undefined> {
    const [header, second] = headers;
    if (header === undefined) return undefined;
    if (second !== undefined) throw OAuthError.invalidDpopProof('more than one DPoP proof');
    const proof = await readDpopProof(header, target);
    this.checkFreshness(proof);
    await this.checkFirstUse(proof);
    return proof.jkt;
  }

  private checkFreshness({ iat, nonce }: DpopProof): void {
    if (Math.abs(this.clock.seconds() - iat) > this.settings.dpopProofLifetime) {
      throw OAuthError.invalidDpopProof('iat is too far from now');
    }
    const lacksNonce = nonce === undefined ? this.settings.dpopNonceRequired : !this.nonces.isFresh(nonce);
    if (lacksNonce) throw OAuthError.useDpopNonce(this.nonces.current());
  }

  private async checkFirstUse({ jkt, jti }: DpopProof): Promise<void> {
    const id = createHash('sha256').update(`${jkt}\0${jti}`).digest('base64url');
    if (!(await this.once.claim('dpop', id, 2 * this.settings.dpopProofLifetime))) {
      throw OAuthError.invalidDpopProof('the DPoP proof was used before');
    }
  }
}
