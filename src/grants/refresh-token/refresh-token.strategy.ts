import { Injectable } from '@nestjs/common';
import { ScopeSet } from '../../common/scope-set.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { type Accepted, type Refused, RotationService } from '../../tokens/families/rotation.service.js';
import { type GrantRequest, type GrantResult, type GrantStrategy } from '../grant-strategy.js';
import { requestedAudiences, requestedScopes } from '../../clients/requested-access.js';
import { TokenIssuer } from '../token-issuer.js';
import { REFRESH_TOKEN_GRANT } from '../../tokens/families/refresh-token-grant.js';
import { RefreshMetrics } from './refresh-metrics.js';
import { answerRefusal } from './refusals.js';
import { SecurityEvents } from './security-events.js';

/**
 * The refresh token grant (RFC 6749 §6).
 *
 * Client binding, single use and expiry are decided by Postgres in one statement. A scope or resource
 * narrows the access token only; the successor keeps the whole grant. A replay ends the family.
 */
@Injectable()
export class RefreshTokenStrategy implements GrantStrategy {
  readonly grantType = REFRESH_TOKEN_GRANT;
  readonly repeatableParameters = ['resource'];

  constructor(
    private readonly database: Database,
    private readonly rotations: RotationService,
    private readonly securityEvents: SecurityEvents,
    private readonly issuer: TokenIssuer,
    private readonly metrics: RefreshMetrics,
  ) {}

  async execute(request: GrantRequest): Promise<GrantResult> {
    const result = await this.metrics.watch(() =>
      request.client.policy.revokePreviousAccessToken
        ? this.database.transaction((transaction) => this.refresh(request, transaction))
        : this.refresh(request),
    );
    return result.outcome === 'refused' ? this.refuse(request, result) : result;
  }

  /** @param transaction given where the refresh has more to do than to rotate */
  private async refresh(
    { client, parameters, jkt, address, isAbandoned }: GrantRequest,
    transaction?: Transaction,
  ): Promise<(GrantResult & { outcome: Accepted['outcome'] }) | Refused> {
    const presented = parameters.required('refresh_token');
    const scopes = requestedScopes(parameters);
    const audiences = requestedAudiences(parameters);
    const request = { client, jkt, scopes: scopes?.values, audiences, address, isAbandoned };
    const result = await this.rotations.present(presented, request, transaction);
    if (result.outcome === 'refused') return result;
    const { outcome, family, refreshToken } = result;
    const tokens = {
      client,
      family,
      refreshToken,
      jkt,
      // What the client has since lost by its registration, its tokens lose too.
      scopes: (scopes ?? ScopeSet.of(family.scopes)).intersect(client.scopes),
      audiences: audiences ?? family.audiences.filter((audience) => client.audiences.includes(audience)),
    };
    return { response: await this.issuer.answer(tokens, transaction), outcome, familyId: family.id };
  }

  private async refuse({ client, requestId }: GrantRequest, { refusal, familyId }: Refused): Promise<never> {
    await this.securityEvents.handle({ refusal, familyId, clientId: client.id, requestId });
    throw answerRefusal(refusal, familyId);
  }
}
