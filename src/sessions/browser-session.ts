/** A person signed in to this service in one browser. */
export interface BrowserSession {
  /** A UUID, not the cookie's value. */
  readonly id: string;
  readonly userId: string;
  readonly username: string;
  /** When, and how strongly, they last proved who they are in this browser. */
  readonly authTime: Date;
  readonly amr: readonly string[];
  readonly acr?: string;
  /** To about a minute. */
  readonly lastSeenAt: Date;
  readonly userAgent?: string;
  readonly address?: string;
}

/** Who has just proved who they are, and how. */
export interface Authentication {
  readonly userId: string;
  /** Methods (RFC 8176). */
  readonly amr: readonly string[];
  readonly acr?: string;
}

/** A client that got tokens in a browser session. */
export interface SessionClient {
  readonly sessionId: string;
  readonly clientId: string;
  /** The `sid` that the client was told, a UUID. */
  readonly sid: string;
}
