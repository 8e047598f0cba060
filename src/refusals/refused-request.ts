/** A request that was answered with a client error. Holds nothing that the request sent as a secret. */
export interface RefusedRequest {
  /** As the answer's `X-Request-Id` has it; a client may choose it, so it need not be unique. */
  readonly requestId: string;
  readonly occurredAt: Date;
  /** Below the issuer. */
  readonly path: string;
  readonly status: number;
  /** The code of RFC 6749 §5.2, and what the client was told. */
  readonly error: string;
  readonly reason: string;
  /** The name of the check that failed, which the client was not told. */
  readonly detail?: string;
  readonly clientId?: string;
  readonly familyId?: string;
  /** One that this server knows. */
  readonly grantType?: string;
}

/** Which refusals to look for. Those given must all hold. */
export interface RefusalFilter {
  readonly requestId?: string;
  readonly clientId?: string;
  readonly familyId?: string;
}

export interface NotedRefusal extends RefusedRequest {
  /** A UUIDv7. */
  readonly id: string;
}
