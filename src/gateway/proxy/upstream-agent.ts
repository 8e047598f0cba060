import { Agent } from 'undici';

export interface UpstreamTimeouts {
  /** Milliseconds. */
  readonly connectMs: number;
  /** Milliseconds until the upstream begins to answer. */
  readonly answerMs: number;
}

/**
 * Connections to upstreams: kept, as many as there are requests, with their certificates verified. Once an answer has
 * begun it may take its time, as event streams do: it ends with its client.
 */
export function upstreamAgent({ connectMs, answerMs }: UpstreamTimeouts): Agent {
  return new Agent({ connect: { timeout: connectMs }, headersTimeout: answerMs, bodyTimeout: 0 });
}
