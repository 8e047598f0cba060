import { Injectable } from '@nestjs/common';
import { AuthorizationCodes } from '../../authorization/codes/authorization-codes.js';
import { type CodeGrant, type CodePresentation } from '../../authorization/codes/authorization-code.js';
import { requestedAudiences } from '../../clients/requested-access.js';
import { ScopeSet } from '../../common/scope-set.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { type GrantRequest, type GrantResult, type GrantStrategy } from '../grant-strategy.js';
import { TokenIssuer } from '../token-issuer.js';
import { answerCodeRefusal } from './code-refusals.js';
import { CodeReplays } from './code-replays.js';

/**
 * The authorization code grant (RFC 6749 §4.1.3) with PKCE (RFC 7636).
 *
 * The code is taken in the transaction that begins the family: a fault before the commit leaves it as it was.
 * A wrong client, redirect URI, verifier or key spends nothing, and no number of them does: a verifier has more
 * bits than anybody can guess in a code's lifetime, and a limit would let strangers kill codes.
 */
@Injectable()
export class AuthorizationCodeStrategy implements GrantStrategy {
  readonly grantType = 'authorization_code';
  readonly repeatableParameters = ['resource'];

  constructor(
    private readonly database: Database,
    private readonly codes: AuthorizationCodes,
    private readonly replays: CodeReplays,
    private readonly issuer: TokenIssuer,
  ) {}

  async execute(request: GrantRequest): Promise<GrantResult> {
    const presented = presentationOf(request);
    const result = await this.database.transaction(async (transaction) => {
      const grant = await this.codes.consume(transaction, presented);
      return grant && this.issue(transaction, request, { code: presented.code, grant });
    });
    return result ?? this.refuse(presented, request.requestId);
  }

  private async issue(
    transaction: Transaction,
    { client, parameters, jkt }: GrantRequest,
    { code, grant }: { code: string; grant: CodeGrant },
  ): Promise<GrantResult> {
    const scopes = ScopeSet.of(grant.scopes);
    const narrowedAudiences = requestedAudiences(parameters);
    const offline = scopes.has('offline_access');
    const granted = { ...grant, client, scopes, narrowedAudiences, jkt, offline };
    const { claims, ...issued } = await this.issuer.issueToUser(granted, transaction);
    const { familyId } = issued;
    if (familyId !== undefined) await this.codes.noteIssued(transaction, code, { familyId });
    else if (claims) await this.codes.noteIssued(transaction, code, { accessToken: claims });
    return issued;
  }

  /** Only now, out of the transaction: a replay is revoked in one of its own. */
  private async refuse(presented: CodePresentation, requestId: string): Promise<never> {
    const { refusal, state } = await this.codes.explain(presented);
    if (refusal === 'replayed' && state) await this.replays.endWhatCameOf(state, requestId);
    const isOurs = refusal !== 'wrong_client';
    throw answerCodeRefusal(refusal, isOurs ? (state?.family_id ?? undefined) : undefined);
  }
}

function presentationOf({ client, parameters, jkt }: GrantRequest): CodePresentation {
  return {
    code: parameters.required('code'),
    clientId: client.id,
    redirectUri: parameters.required('redirect_uri'),
    codeVerifier: parameters.required('code_verifier'),
    audiences: requestedAudiences(parameters),
    jkt,
  };
}
