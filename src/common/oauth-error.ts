/** What an {@link OAuthError} carries besides its code and public description. */
export interface OAuthErrorOptions {
  /** For the log only; never reaches the client. */
  readonly detail?: string;
  /** What it is about, for the log only. */
  readonly about?: { readonly clientId?: string; readonly familyId?: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * An error answer of an OAuth endpoint (RFC 6749 §5.2).
 *
 * The description is for the client: ASCII without `"` and `\`. The detail is for the log.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';

  private constructor(
    readonly status: number,
    readonly error: string,
    readonly description: string,
    private readonly options: OAuthErrorOptions = {},
  ) {
    super(`${error}: ${description}`, { cause: options.cause });
  }

  get detail(): string | undefined {
    return this.options.detail;
  }

  get about(): OAuthErrorOptions['about'] {
    return this.options.about;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.options.headers ?? {};
  }

  static invalidRequest(description: string, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(400, 'invalid_request', description, options);
  }

  /** 401 with a challenge, whichever way the client tried to authenticate (RFC 6749 §5.2). */
  static invalidClient(description: string, options?: OAuthErrorOptions): OAuthError {
    const headers = { 'www-authenticate': 'Basic realm="regrant", charset="UTF-8"', ...options?.headers };
    return new OAuthError(401, 'invalid_client', description, { ...options, headers });
  }

  static invalidGrant(description: string, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(400, 'invalid_grant', description, options);
  }

  static unauthorizedClient(description: string, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(400, 'unauthorized_client', description, options);
  }

  static unsupportedGrantType(description: string, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(400, 'unsupported_grant_type', description, options);
  }

  static invalidScope(description: string, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(400, 'invalid_scope', description, options);
  }

  /** RFC 7591 §3.2.2. */
  static invalidClientMetadata(description: string): OAuthError {
    return new OAuthError(400, 'invalid_client_metadata', description);
  }

  /** RFC 7591 §3.2.2. */
  static invalidRedirectUri(description: string): OAuthError {
    return new OAuthError(400, 'invalid_redirect_uri', description);
  }

  /** RFC 7591 §3.2.2. */
  static invalidSoftwareStatement(description: string): OAuthError {
    return new OAuthError(400, 'invalid_software_statement', description);
  }

  /** RFC 6749 §4.1.2.1. */
  static unsupportedResponseType(description: string): OAuthError {
    return new OAuthError(400, 'unsupported_response_type', description);
  }

  /** Nobody, or nobody recently enough, is signed in, and the client wants no page shown (OIDC Core §3.1.2.6). */
  static loginRequired(): OAuthError {
    return new OAuthError(400, 'login_required', 'nobody is signed in');
  }

  /** The person would have to be asked, and the client wants no page shown (OIDC Core §3.1.2.6). */
  static consentRequired(): OAuthError {
    return new OAuthError(400, 'consent_required', 'the person has not consented to this');
  }

  /** OIDC Core §3.1.2.6. */
  static requestNotSupported(description: string): OAuthError {
    return new OAuthError(400, 'request_not_supported', description);
  }

  /** OIDC Core §3.1.2.6. */
  static requestUriNotSupported(description: string): OAuthError {
    return new OAuthError(400, 'request_uri_not_supported', description);
  }

  /** A `request_uri` that is unknown, expired, used or another client's (RFC 9101 §7). */
  static invalidRequestUri(description: string): OAuthError {
    return new OAuthError(400, 'invalid_request_uri', description);
  }

  /** OIDC Core §3.1.2.6. */
  static registrationNotSupported(description: string): OAuthError {
    return new OAuthError(400, 'registration_not_supported', description);
  }

  /** The person refused (RFC 6749 §4.1.2.1, RFC 8628 §3.5). */
  static authorizationDenied(): OAuthError {
    return new OAuthError(400, 'access_denied', 'the person refused');
  }

  /** Nobody has decided yet: the device asks again (RFC 8628 §3.5). */
  static authorizationPending(): OAuthError {
    return new OAuthError(400, 'authorization_pending', 'nobody has decided about the user code yet');
  }

  /** As pending, and the device asks too often: from now on it waits 5 seconds more (RFC 8628 §3.5). */
  static slowDown(): OAuthError {
    return new OAuthError(400, 'slow_down', 'wait 5 seconds more between requests');
  }

  /** RFC 8628 §3.5. */
  static expiredToken(): OAuthError {
    return new OAuthError(400, 'expired_token', 'the device code has expired');
  }

  /** 403: who asks is known, and may not. */
  static accessDenied(description: string): OAuthError {
    return new OAuthError(403, 'access_denied', description);
  }

  /** RFC 8707 §2. */
  static invalidTarget(description: string, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(400, 'invalid_target', description, options);
  }

  /** RFC 9449 §5. */
  static invalidDpopProof(description: string, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(400, 'invalid_dpop_proof', description, options);
  }

  /** RFC 9449 §8: the client repeats the request with the nonce of the `DPoP-Nonce` header. */
  static useDpopNonce(nonce: string): OAuthError {
    return new OAuthError(400, 'use_dpop_nonce', 'the DPoP proof needs the nonce in DPoP-Nonce', {
      headers: { 'dpop-nonce': nonce },
    });
  }

  /** 401 (RFC 6750 §3.1). */
  static invalidToken(description: string, options?: OAuthErrorOptions): OAuthError {
    const headers = {
      'www-authenticate': 'Bearer realm="regrant", error="invalid_token"',
      ...options?.headers,
    };
    return new OAuthError(401, 'invalid_token', description, { ...options, headers });
  }

  /** 403, naming the scope that it takes (RFC 6750 §3.1). */
  static insufficientScope(scope: string): OAuthError {
    const challenge = `Bearer realm="regrant", error="insufficient_scope", scope="${scope}"`;
    return new OAuthError(403, 'insufficient_scope', `this needs the scope ${scope}`, {
      headers: { 'www-authenticate': challenge },
    });
  }

  static methodNotAllowed(allow: string): OAuthError {
    return new OAuthError(405, 'invalid_request', `this endpoint takes ${allow} only`, {
      headers: { allow },
    });
  }

  static notFound(description = 'there is no such endpoint'): OAuthError {
    return new OAuthError(404, 'invalid_request', description);
  }

  static conflict(description: string): OAuthError {
    return new OAuthError(409, 'invalid_request', description);
  }

  /** 410: the events after a reader's cursor have been deleted for their age. */
  static eventsForgotten(): OAuthError {
    return new OAuthError(410, 'invalid_request', 'events after this cursor are gone, take a snapshot');
  }

  static payloadTooLarge(): OAuthError {
    return new OAuthError(413, 'invalid_request', 'the request body is too large');
  }

  /** 429: too many failed attempts; `retryAfter` in seconds. */
  static tooManyAttempts(description: string, retryAfter: number, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(429, 'temporarily_unavailable', description, {
      ...options,
      headers: { 'retry-after': String(Math.max(1, Math.ceil(retryAfter))) },
    });
  }

  /** 503: nothing was decided about the token; the same request may succeed later (law L3). */
  static temporarilyUnavailable(options?: OAuthErrorOptions): OAuthError {
    const headers = { 'retry-after': '1', ...options?.headers };
    return new OAuthError(503, 'temporarily_unavailable', 'the server cannot answer now, try again', {
      ...options,
      headers,
    });
  }

  /** 500 with an id by which an operator finds the cause in the log. */
  static serverError(id: string, options?: OAuthErrorOptions): OAuthError {
    return new OAuthError(500, 'server_error', `unexpected error, reference ${id}`, options);
  }
}
