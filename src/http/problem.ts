/** One thing that is wrong with a request (RFC 9457 §3.1): where, and what. */
export interface Violation {
  /** A JSON pointer into the body as a URI fragment (`#/redirect_uris/0`), or the name of a parameter or header. */
  readonly pointer: string;
  readonly detail: string;
}

/** Members beyond the standard's. */
export interface ProblemExtensions {
  readonly errors?: readonly Violation[];
  readonly required_scope?: string;
}

/** The problems that the management API answers with, by the last part of their `type`. */
export const PROBLEMS = {
  'bad-request': [400, 'The request is malformed'],
  unauthenticated: [401, 'An access token is needed'],
  forbidden: [403, 'The caller may not do this'],
  'not-found': [404, 'There is no such thing'],
  'method-not-allowed': [405, 'The resource does not take this method'],
  conflict: [409, 'It contradicts what there is'],
  'precondition-failed': [412, 'It was changed meanwhile'],
  'payload-too-large': [413, 'The request body is too large'],
  'unsupported-media-type': [415, 'The body is of a type that is not taken'],
  'validation-failed': [422, 'The request is not valid'],
  'precondition-required': [428, 'An If-Match header is needed'],
  'too-many-attempts': [429, 'Too many attempts'],
  'internal-error': [500, 'Something went wrong here'],
  'temporarily-unavailable': [503, 'It can not be answered now'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemKind = keyof typeof PROBLEMS;

/** An error answer of the management API (RFC 9457). The detail is for the caller. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  private constructor(
    readonly kind: ProblemKind,
    readonly detail: string,
    readonly extensions: ProblemExtensions = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${kind}: ${detail}`);
  }

  get status(): number {
    return PROBLEMS[this.kind][0];
  }

  /** One of any kind, as a filter finds it. */
  static of(
    kind: ProblemKind,
    detail: string,
    headers?: Readonly<Record<string, string>>,
    extensions?: ProblemExtensions,
  ): ProblemError {
    return new ProblemError(kind, detail, extensions, headers);
  }

  static badRequest(detail: string): ProblemError {
    return new ProblemError('bad-request', detail);
  }

  /** 403 for another reason than a scope that the token lacks. */
  static forbidden(detail: string): ProblemError {
    return new ProblemError('forbidden', detail);
  }

  /** @param thing as in "there is no such client" */
  static notFound(thing: string): ProblemError {
    return new ProblemError('not-found', `there is no such ${thing}`);
  }

  static conflict(detail: string): ProblemError {
    return new ProblemError('conflict', detail);
  }

  /** 412: what the caller has read is not what is there (RFC 9110 §13.1.1). */
  static preconditionFailed(): ProblemError {
    return new ProblemError('precondition-failed', 'If-Match is not the current ETag: read it again');
  }

  /** 428: to change what may have changed meanwhile needs the ETag of what was read (RFC 6585 §3). */
  static preconditionRequired(): ProblemError {
    return new ProblemError('precondition-required', 'send the ETag that you read in If-Match');
  }

  static unsupportedMediaType(taken: string): ProblemError {
    return new ProblemError('unsupported-media-type', `send the body as ${taken}`);
  }

  /** 422, with everything that is wrong. */
  static validation(errors: readonly Violation[]): ProblemError {
    const count = errors.length === 1 ? 'one problem' : `${errors.length} problems`;
    return new ProblemError('validation-failed', `the request has ${count}, see errors`, { errors });
  }
}
