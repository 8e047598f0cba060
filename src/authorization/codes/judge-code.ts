import { constantTimeEqual } from '../../common/constant-time.js';
import {
  challengeOf,
  type CodePresentation,
  type CodeRefusal,
  type CodeState,
} from './authorization-code.js';

/**
 * Why a code was not accepted. Whose it is comes before whether it was used: who can't prove to be the
 * rightful client kills nothing (law L4).
 */
export function judgeCode(state: CodeState | undefined, presented: CodePresentation): CodeRefusal {
  if (!state) return 'unknown';
  return bindingRefusal(state, presented) ?? spentRefusal(state, presented);
}

function bindingRefusal(state: CodeState, presented: CodePresentation): CodeRefusal | undefined {
  if (state.client_id !== presented.clientId) return 'wrong_client';
  if (state.redirect_uri !== presented.redirectUri) return 'wrong_redirect_uri';
  const challenge = challengeOf(presented.codeVerifier);
  if (!constantTimeEqual(Buffer.from(challenge), Buffer.from(state.code_challenge))) return 'wrong_verifier';
  if (state.dpop_jkt === null || state.dpop_jkt === presented.jkt) return undefined;
  return presented.jkt === undefined ? 'proof_missing' : 'wrong_proof_key';
}

function spentRefusal(state: CodeState, { audiences }: CodePresentation): CodeRefusal {
  if (state.consumed_at) return 'replayed';
  if (state.expires_at <= state.now) return 'expired';
  const isGranted = audiences?.every((audience) => state.audiences.includes(audience)) ?? true;
  return isGranted ? 'grant_gone' : 'resource_not_granted';
}
