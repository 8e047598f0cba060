/**
 * Seconds that a revocation is remembered wherever access tokens are checked against it: no access token
 * lives longer than a day (`ACCESS_TOKEN_LIFETIME`), and an hour is for clocks.
 */
export const REVOCATION_WINDOW = 25 * 3_600;
