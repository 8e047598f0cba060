import { GatewayError } from '../authenticator/gateway-error.js';
import { type GrantCredential } from '../credentials/credential.js';
import { type GatewayMetrics } from '../gateway-metrics.js';
import { type Asker, type GrantedTokens, type Issuer, type Verification } from './issuer.js';

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

  couldHaveIssued(refreshToken: string): boolean {
    return this.issuer.couldHaveIssued(refreshToken);
  }

  verify(accessToken: string, wasGranted: boolean): Promise<Verification> {
    return this.issuer.verify(accessToken, wasGranted);
  }
}
