import { Agent, type Dispatcher } from 'undici';
import { type Readable } from 'node:stream';
import { type ClientGone } from './client-gone.js';

/** Where a call's own things hang on its headers: all that the proxy library hands through. */
export const CALL = Symbol('upstream call');

/** What the proxy library does not know of a call to an upstream. */
export interface UpstreamCall {
  readonly signal: ClientGone;
  /** As it came, or read and changed. */
  readonly body: Readable | Buffer | undefined;
  /** Names of the trailers that the upstream announces, and the trailers, once the body has come. */
  announced: readonly string[];
  trailers: Record<string, string>;
}

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
export class UpstreamAgent {
  private readonly agent: Agent;

  constructor({ connectMs, answerMs }: UpstreamTimeouts) {
    this.agent = new Agent({ connect: { timeout: connectMs }, headersTimeout: answerMs, bodyTimeout: 0 });
  }

  /** As undici's, in the form that the proxy library calls. */
  readonly request = ((
    { headers, ...options }: Dispatcher.RequestOptions,
    callback: (error: Error | null, data: Dispatcher.ResponseData) => void,
  ): void => {
    const { [CALL]: call, ...plain } = headers as Record<string, string[]> & { [CALL]: UpstreamCall };
    const { signal, body } = call;
    const asked = {
      ...options,
      headers: plain,
      body,
      signal,
      headersTimeout: undefined,
      bodyTimeout: undefined,
    };
    this.agent.request(asked, (error, data) => {
      // undici tells of an error without data, whatever its types say.
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition
      if (data) call.trailers = data.trailers;
      callback(error, data);
    });
  }) as Dispatcher['request'];

  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
