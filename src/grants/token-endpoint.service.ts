import { Inject, Injectable } from '@nestjs/common';
import { type Client } from '../clients/client.js';
import { type FormParameters } from '../common/form-parameters.js';
import { OAuthError } from '../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { DpopService } from '../tokens/sender-constraint/dpop.service.js';
import { GrantRegistry } from './grant-registry.js';
import { type GrantRequest, type GrantResult, type GrantStrategy } from './grant-strategy.js';
import { TokenRequestMetrics } from './token-request-metrics.js';

/** A token request from an authenticated client. */
export interface TokenRequest extends Pick<
  GrantRequest,
  'client' | 'address' | 'userAgent' | 'requestId' | 'isAbandoned'
> {
  readonly form: FormParameters;
  /** Every `DPoP` header. */
  readonly dpop: readonly string[];
}

export const TOKEN_PATH = '/oauth2/token';

/** What happens at the token endpoint once the client is known, in this order (RFC 6749 §3.2). */
@Injectable()
export class TokenEndpointService {
  constructor(
    private readonly grants: GrantRegistry,
    private readonly dpop: DpopService,
    private readonly metrics: TokenRequestMetrics,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  handle(request: TokenRequest): Promise<GrantResult> {
    return this.metrics.watch(request.form, () => this.answer(request));
  }

  private async answer(request: TokenRequest): Promise<GrantResult> {
    const { client, form, dpop, address, userAgent, requestId, isAbandoned } = request;
    const grantType = form.required('grant_type');
    const strategy = this.supported(grantType);
    form.rejectRepeated(strategy.repeatableParameters);
    if (!client.mayUse(grantType)) throw OAuthError.unauthorizedClient('the client may not use this grant');
    const jkt = await this.proofKey(client, dpop);
    return strategy.execute({
      client,
      parameters: form,
      jkt,
      address,
      userAgent,
      requestId,
      isAbandoned,
    });
  }

  private supported(grantType: string): GrantStrategy {
    const strategy = this.grants.find(grantType);
    if (!strategy) throw OAuthError.unsupportedGrantType('this grant_type is not supported');
    return strategy;
  }

  private async proofKey(client: Client, dpop: readonly string[]): Promise<string | undefined> {
    const jkt = await this.dpop.verify(dpop, { method: 'POST', url: this.http.issuerUrl + TOKEN_PATH });
    if (client.requiresDpop && jkt === undefined)
      throw OAuthError.invalidDpopProof('this client needs a DPoP proof');
    return jkt;
  }
}
