/** A request as the gateway looks at it, whether it came to the proxy or is told of by another proxy. */
export interface GatewayRequest {
  /** By which the log knows it. */
  readonly id: string;
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  /** Every line of each header, by its name in lower case. */
  readonly headers: GatewayHeaders;
  /** By which its client speaks, as far as proxies that are trusted say. */
  readonly protocol: 'http' | 'https';
  /** Where it comes from. */
  readonly address: string;
  /**
   * Reads the whole body; not there where the body is not.
   *
   * @throws GatewayError 413 when it is longer than `limit` bytes
   */
  readonly readBody?: (limit: number) => Promise<Buffer>;
}

export type GatewayHeaders = Readonly<Record<string, readonly string[] | undefined>>;
