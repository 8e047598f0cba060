import { Inject, Injectable } from '@nestjs/common';
import { ClientDirectory } from '../../clients/client-directory.js';
import { tokensConfig, type TokensSettings } from '../../config/tokens.config.js';
import { Database } from '../../database/database.js';
import { KeyRing } from '../../key-ring/key-ring.js';
import { type ExplainedCheck } from '../explained-check.js';
import { explainPresentation } from './explain-presentation.js';
import { FamilyStateReader } from './family-state.reader.js';
import { type GraceRule, judgePresentation, keyOf, ruleFor, type Verdict } from './judge-presentation.js';
import { presentationOf } from './presentation.js';
import { decodeRefreshToken, type RefreshToken, successorOf } from './refresh-token.js';
import { REMEDIES } from './refusal-remedies.js';
import { type FamilyState, type Refusal } from './token-family.js';

/** A refresh request as it was, as far as it is known. */
export interface PresumedRequest {
  /** Left out: the client that the token was issued to. */
  readonly clientId?: string;
  /** Thumbprint of the proof's key; `null` for no proof. Left out: the key that the token is bound to. */
  readonly jkt?: string | null;
  readonly scopes?: readonly string[];
  readonly audiences?: readonly string[];
}

export interface ExaminedRefreshToken {
  readonly verdict: Verdict;
  readonly checks: readonly ExplainedCheck[];
  /** Of a genuine token. */
  readonly familyId?: string;
  readonly generation?: number;
}

/** Tells what would become of a refresh token if it were presented now, and why. Spends nothing, ends nothing. */
@Injectable()
export class RefreshTokenExaminer {
  constructor(
    private readonly database: Database,
    private readonly states: FamilyStateReader,
    private readonly clients: ClientDirectory,
    private readonly keys: KeyRing,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  async examine(presented: string, request: PresumedRequest = {}): Promise<ExaminedRefreshToken> {
    const token = decodeRefreshToken(this.keys, presented);
    const form = { check: 'malformed', found: formOf(presented), needed: REMEDIES.malformed };
    if (!token) return { verdict: 'malformed', checks: [{ ...form, passed: false }] };
    const { familyId, generation } = token;
    const genuine = { ...form, passed: true };
    const family = await this.states.find(familyId);
    if (!family) return { ...refused('unknown', [genuine], 'no such family'), familyId, generation };
    return { ...(await this.judge(token, family, request, genuine)), familyId, generation };
  }

  private async judge(
    token: RefreshToken,
    family: FamilyState,
    request: PresumedRequest,
    form: ExplainedCheck,
  ) {
    const successor = successorOf(this.keys, token, family.key_version);
    const { clientId = family.client_id, jkt, ...asked } = request;
    const presentation = presentationOf(token, successor, { clientId, ...asked });
    const owner = keyOf(family, presentation);
    const presented = { ...presentation, jkt: jkt === undefined ? owner : (jkt ?? undefined) };
    const rule = await this.ruleOf(family);
    const verdict = judgePresentation(family, presented, rule);
    return { verdict, checks: [form, ...explainPresentation(family, presented, rule)] };
  }

  /** Those of the client that the token is of; of one that is gone, the server's. */
  private async ruleOf({ client_id: clientId }: FamilyState): Promise<GraceRule> {
    const client = await this.clients.find(clientId);
    return client ? ruleFor(client, this.database.outages.last) : { grace: this.settings.rotationGrace };
  }
}

function refused(verdict: Refusal, before: readonly ExplainedCheck[], found: string): ExaminedRefreshToken {
  const failed = { check: verdict, passed: false, found, needed: REMEDIES[verdict] };
  return { verdict, checks: [...before, failed] };
}

/** What can be said of a pasted text without repeating any of it. */
function formOf(presented: string): string {
  const prefix = presented.startsWith('rgr_') ? 'beginning with rgr_' : 'not beginning with rgr_';
  return `${presented.length} characters, ${prefix}`;
}
