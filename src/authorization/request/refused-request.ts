import { OAuthError } from '../../common/oauth-error.js';
import { type ResponseTarget } from './authorization-request.js';

/** A request that is refused at its redirect URI, which is trusted (RFC 6749 §4.1.2.1). */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';

  constructor(
    readonly target: ResponseTarget,
    readonly refusal: OAuthError,
  ) {
    super(refusal.message, { cause: refusal });
  }
}

/** Runs `work`, whose refusals are the redirect URI's to hear; faults of ours are not (law L3). */
export async function refusingAt<Result>(
  target: ResponseTarget,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OAuthError && error.status < 500) throw new RefusedRequest(target, error);
    throw error;
  }
}
