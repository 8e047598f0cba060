import { type Profile } from './user.documents.js';

/**
 * The profile without `email_verified` and `phone_number_verified` where a patch changes what they vouch for
 * and does not set them itself: nobody has verified the new one.
 */
export function withoutStaleVerification(before: Profile, patch: object, after: Profile): Profile {
  const patched = (patch as Partial<Profile>).claims;
  const claims = new Map(Object.entries(after.claims ?? {}));
  if (after.email !== before.email && patched?.email_verified === undefined) claims.delete('email_verified');
  if (
    after.claims?.phone_number !== before.claims?.phone_number &&
    patched?.phone_number_verified === undefined
  ) {
    claims.delete('phone_number_verified');
  }
  return { ...after, claims: Object.fromEntries(claims) };
}
