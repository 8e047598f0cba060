/** http to a loopback address, up to the port (RFC 8252 §7.3). `localhost` is a name, and not meant. */
const LOOPBACK = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::[1-9]\d{0,4})?(?=[/?]|$)/;

/**
 * Whether a redirect URI is one of those registered: character for character, but for the port of a loopback
 * address, which a native app learns from its system (RFC 8252 §7.3). Nothing is decoded or normalised, so that
 * no two readings of one URI can be played off against each other (RFC 9700 §4.1.3).
 */
export function isRegisteredRedirectUri(registered: readonly string[], presented: string): boolean {
  const wanted = withoutLoopbackPort(presented);
  return registered.some((uri) => uri === presented || withoutLoopbackPort(uri) === wanted);
}

/**
 * Whether what is sent there may be taken by any program of the person's machine: on loopback, or by a private scheme.
 * Who is asked for it may not be who asked before (RFC 8252 §8.6).
 */
export function isForAnyProgram(redirectUri: string): boolean {
  return !redirectUri.startsWith('https:');
}

function withoutLoopbackPort(uri: string): string {
  return uri.replace(LOOPBACK, '$1');
}
