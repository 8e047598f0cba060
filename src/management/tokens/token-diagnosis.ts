import { Injectable } from '@nestjs/common';
import { ScopeSet } from '../../common/scope-set.js';
import { uuidTime } from '../../common/uuid-time.js';
import { ProblemError } from '../../http/problem.js';
import { AccessTokenInspector } from '../../introspection/access-token-inspector.js';
import {
  RevocationHistoryRepository,
  type RevocationTarget,
} from '../../revocation/revocation-history.repository.js';
import { RevokedKeyRepository } from '../../revocation/keys/revoked-key.repository.js';
import { explainFate, explainRevokedKey } from '../../revocation/token-fate.js';
import { type ExplainedCheck } from '../../tokens/explained-check.js';
import { AccessTokenExaminer } from '../../tokens/access-tokens/access-token.examiner.js';
import { type AccessTokenClaims } from '../../tokens/access-tokens/access-token.js';
import { FamilyListing } from '../../tokens/families/family-listing.js';
import { type PresumedRequest, RefreshTokenExaminer } from '../../tokens/families/refresh-token.examiner.js';
import { type ListedFamily } from '../../tokens/families/listed-family.js';
import { REFRESH_TOKEN_PREFIX } from '../../tokens/families/refresh-token.js';
import { type DiagnosisDocument, type NewDiagnosisDocument } from './diagnosis.documents.js';
import { familyDocument, pastRevocationDocument } from './family-document.js';

/** Says why a token is refused, or that it is not. The token goes no further than its checks. */
@Injectable()
export class TokenDiagnosis {
  constructor(
    private readonly refreshTokens: RefreshTokenExaminer,
    private readonly accessTokens: AccessTokenExaminer,
    private readonly inspector: AccessTokenInspector,
    private readonly families: FamilyListing,
    private readonly history: RevocationHistoryRepository,
    private readonly revokedKeys: RevokedKeyRepository,
  ) {}

  /** @throws ProblemError 422 for a scope that is malformed */
  diagnose({ token, ...request }: NewDiagnosisDocument): Promise<DiagnosisDocument> {
    return token.startsWith(REFRESH_TOKEN_PREFIX)
      ? this.ofRefreshToken(token, presumed(request))
      : this.ofAccessToken(token);
  }

  private async ofRefreshToken(token: string, request: PresumedRequest): Promise<DiagnosisDocument> {
    const { verdict, checks, familyId, generation } = await this.refreshTokens.examine(token, request);
    const family = familyId === undefined ? undefined : await this.families.findById(familyId);
    return {
      kind: 'refresh_token',
      accepted: verdict === 'current' || verdict === 'predecessor',
      verdict,
      checks: [...checks],
      family: family && familyDocument(family),
      generation,
      revocations: family ? await this.revocationsOf(targetOfFamily(family)) : [],
    };
  }

  private async ofAccessToken(token: string): Promise<DiagnosisDocument> {
    const { checks, claims, keyId } = await this.accessTokens.examine(token);
    const accepted = (await this.inspector.inspect(token)) !== undefined;
    const known = [...(await this.keyRevocation(keyId)), ...checks];
    const diagnosis = { kind: 'access_token', accepted } as const;
    if (!claims) return { ...diagnosis, verdict: verdictOf(accepted, known), checks: known, revocations: [] };
    const target = targetOfClaims(claims);
    const all = [...known, ...explainFate(await this.history.findFate(claims.jti, target))];
    const family = claims.sid === undefined ? undefined : await this.families.findById(claims.sid);
    return {
      ...diagnosis,
      verdict: verdictOf(accepted, all),
      checks: all,
      family: family && familyDocument(family),
      claims,
      revocations: await this.revocationsOf(target),
    };
  }

  private async keyRevocation(keyId: string | undefined): Promise<ExplainedCheck[]> {
    const revoked = keyId === undefined ? undefined : await this.revokedKeys.findByKid(keyId);
    return revoked ? [explainRevokedKey(revoked)] : [];
  }

  private async revocationsOf(target: RevocationTarget) {
    return (await this.history.findHits(target)).map(pastRevocationDocument);
  }
}

function presumed({
  client_id,
  scope,
  resource,
  dpop_jkt,
}: Omit<NewDiagnosisDocument, 'token'>): PresumedRequest {
  const scopes = scope?.split(' ');
  if (scopes?.every((value) => ScopeSet.isScopeToken(value)) === false)
    throw ProblemError.validation([{ pointer: '#/scope', detail: 'is malformed' }]);
  const jkt = dpop_jkt === '' ? null : dpop_jkt;
  return { clientId: client_id, jkt, scopes, audiences: resource };
}

function verdictOf(isActive: boolean, checks: readonly ExplainedCheck[]): string {
  if (isActive) return 'active';
  return checks.find(({ passed }) => !passed)?.check ?? 'inactive';
}

function targetOfFamily({ id, user_id, client_id, issued_at }: ListedFamily): RevocationTarget {
  return { familyId: id, userId: user_id, clientId: client_id, issuedAt: issued_at };
}

/** A token of a family is as old as that: what ended the family's tokens ended it. */
function targetOfClaims({ sid, sub, client_id, jti }: AccessTokenClaims): RevocationTarget {
  const userId = sub === client_id ? undefined : sub;
  return { familyId: sid, userId, clientId: client_id, issuedAt: new Date(uuidTime(sid ?? jti)) };
}
