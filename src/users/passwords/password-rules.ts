/** In characters, each a code point; NIST SP 800-63B-4 §3.1.1.2 has no rules about which ones. */
const MIN_CHARACTERS = 8;
/** In UTF-16 units: a bound on the work, well above the 64 characters that must be possible. */
export const MAX_PASSWORD_LENGTH = 1_024;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** What is hashed of a password: the same bytes however the keyboard composed its characters (NFC). */
export function normalizedPassword(password: string): string {
  return password.normalize('NFC');
}

/** What is wrong with a password to be set, in words that hold nothing of it; `undefined` when it is sound. */
export function passwordProblem(password: string): string | undefined {
  if (password.length > MAX_PASSWORD_LENGTH) return `must have at most ${MAX_PASSWORD_LENGTH} characters`;
  if (LONE_SURROGATE.test(password)) return 'must be well-formed Unicode';
  return Array.from(normalizedPassword(password)).length < MIN_CHARACTERS
    ? `must have at least ${MIN_CHARACTERS} characters`
    : undefined;
}
