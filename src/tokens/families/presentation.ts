import { hashOf, type RefreshToken } from './refresh-token.js';
import { type Presentation } from './token-family.js';

/** What the request says besides the token. */
export type PresentedWith = Pick<Presentation, 'clientId' | 'jkt' | 'scopes' | 'audiences'>;

/** A token as the checks see it: by its hashes. */
export function presentationOf(
  token: RefreshToken,
  successor: RefreshToken,
  { clientId, jkt, scopes, audiences }: PresentedWith,
): Presentation {
  return {
    clientId,
    generation: token.generation,
    tokenHash: hashOf(token),
    successorHash: hashOf(successor),
    jkt,
    scopes,
    audiences,
  };
}
