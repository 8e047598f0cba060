import { GatewayError } from '../authenticator/gateway-error.js';
import { type GrantCredential } from '../credentials/credential.js';
import { type GatewayMetrics } from '../gateway-metrics.js';
import { type Asker, type GrantedTokens, type Issuer, type TokenHolder } from './issuer.js';

/** Counts what an issuer is asked for. */
export class CountedIssuer implements Issuer {
  constructor(
    private readonly issuer: Issuer,
    private readonly metrics: GatewayMetrics,
  ) {}

  get patience(): number {
    return this.issuer.patience;
  }

  async grant(credential: GrantCredential, asker: Asker): Promise<GrantedTokens> {
    try {
      const tokens = await this.issuer.grant(credential, asker);
      this.metrics.grants.count('granted');
      return tokens;
    } catch (error) {
      this.metrics.grants.count(error instanceof GatewayError ? error.kind : 'internal_error');
      throw error;
    }
  }

  examine(accessToken: string): Promise<TokenHolder | undefined> {
    return this.issuer.examine(accessToken);
  }

  isAlive(accessToken: string): Promise<boolean> {
    return this.issuer.isAlive(accessToken);
  }
}
