/** Why the gateway itself answers, by the word that metrics and logs have for it: status and title. */
const KINDS = {
  malformed_request: [400, 'The request is malformed'],
  no_credential: [401, 'A credential is needed'],
  refused: [401, 'The credential was refused'],
  /** The one refusal that says that the gateway is set up for another client than the caller. */
  wrong_client: [401, 'The credential was refused'],
  /** What a proxy that asks about a request is told instead of 4xx that it would not pass on. */
  forbidden: [403, 'The request may not go on'],
  no_route: [404, 'No route takes this request'],
  body_too_large: [413, 'The request body is too large'],
  too_many_attempts: [429, 'Too many attempts'],
  misconfigured: [502, 'The issuer does not take the gateway as its client'],
  upstream_down: [502, 'The upstream does not answer'],
  issuer_down: [503, 'The issuer does not answer'],
  internal_error: [500, 'Something went wrong here'],
  upstream_slow: [504, 'The upstream did not answer in time'],
  loop: [508, 'The request has come through this gateway before'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type GatewayErrorKind = keyof typeof KINDS;
export const GATEWAY_ERRORS = Object.keys(KINDS) as GatewayErrorKind[];

export interface GatewayErrorOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** The issuer's error code (RFC 6749 §5.2), for the caller. */
  readonly oauthError?: string;
  /** For the log only. */
  readonly detail?: string;
  readonly cause?: unknown;
}

/** An answer of the gateway's own. The message is for the caller and holds nothing of the request. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';

  private constructor(
    readonly kind: GatewayErrorKind,
    message: string,
    private readonly options: GatewayErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
  }

  get status(): number {
    return KINDS[this.kind][0];
  }

  get headers(): Readonly<Record<string, string>> {
    return this.options.headers ?? {};
  }

  get detail(): string | undefined {
    return this.options.detail;
  }

  get oauthError(): string | undefined {
    return this.options.oauthError;
  }

  static of(kind: GatewayErrorKind, message: string, options?: GatewayErrorOptions): GatewayError {
    return new GatewayError(kind, message, options);
  }

  /** 503: nothing was decided about the credential; the same request may succeed later (law L3). */
  static issuerDown(options?: GatewayErrorOptions): GatewayError {
    const headers = { 'retry-after': '1', ...options?.headers };
    return new GatewayError('issuer_down', 'the issuer does not answer now, try again', {
      ...options,
      headers,
    });
  }

  /** The same with other headers, such as a challenge of the route's. */
  withHeaders(headers: Readonly<Record<string, string>>): GatewayError {
    const all = { ...this.headers, ...headers };
    return new GatewayError(this.kind, this.message, { ...this.options, headers: all });
  }

  /** As a problem document (RFC 9457); `error` is the issuer's code. */
  toProblem(requestId: string): Readonly<Record<string, unknown>> {
    const [status, title] = KINDS[this.kind];
    return {
      type: `urn:regrant:problem:gateway-${this.kind === 'wrong_client' ? 'refused' : this.kind}`.replaceAll(
        '_',
        '-',
      ),
      title,
      status,
      detail: this.message,
      request_id: requestId,
      ...(this.oauthError !== undefined && { error: this.oauthError }),
    };
  }
}
