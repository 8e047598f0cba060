/** RFC 6749 §6. */
export const REFRESH_TOKEN_GRANT = 'refresh_token';
