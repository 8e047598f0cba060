import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { sharedSignalsConfig, type SharedSignalsSettings } from '../../config/shared-signals.config.js';

/** What became of one attempt to push (RFC 8935 §2). */
export type PushOutcome =
  | { readonly kind: 'taken' }
  /** For good: this event can't be taken. */
  | { readonly kind: 'rejected'; readonly error: string; readonly description?: string }
  /** For now. The problem is for the log, and holds nothing that the receiver has sent. */
  | { readonly kind: 'failed'; readonly problem: string };

export interface PushRequest {
  readonly url: string;
  /** The `Authorization` header, if the receiver wants one. */
  readonly authorization?: string;
  /** A Security Event Token. */
  readonly token: string;
  /** For the receiver to go on with the trace (W3C Trace Context). */
  readonly traceparent?: string;
}

const MAX_ANSWER_BYTES = 16 * 1024;
const MAX_TEXT = 500;

/**
 * Pushes Security Event Tokens to receivers (RFC 8935). Each connection's address is checked as it is made,
 * whatever the name resolved to before; no redirect is followed; what comes back is bounded in size and time.
 */
@Injectable()
export class PushClient implements OnModuleDestroy {
  private readonly agents: readonly [http: RequestFilteringHttpAgent, https: RequestFilteringHttpsAgent];

  constructor(@Inject(sharedSignalsConfig.KEY) private readonly settings: SharedSignalsSettings) {
    const options = { keepAlive: true, allowIPAddressList: settings.pushAllowedAddresses };
    this.agents = [new RequestFilteringHttpAgent(options), new RequestFilteringHttpsAgent(options)];
  }

  onModuleDestroy(): void {
    for (const agent of this.agents) agent.destroy();
  }

  /** One attempt, which the signal or the time-out ends. Never rejects. */
  async push(request: PushRequest, signal: AbortSignal): Promise<PushOutcome> {
    try {
      const timeout = AbortSignal.timeout(this.settings.pushTimeoutMs);
      const response = await this.send(request, AbortSignal.any([signal, timeout]));
      const text = await readBounded(response);
      return outcomeOf(response.statusCode ?? 0, text);
    } catch (error) {
      return { kind: 'failed', problem: error instanceof Error ? error.message : 'unknown' };
    }
  }

  private async send(
    { url, authorization, token, traceparent }: PushRequest,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const isSecure = url.startsWith('https:');
    const request = (isSecure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: this.agents[isSecure ? 1 : 0],
      signal,
      headers: {
        'content-type': 'application/secevent+jwt',
        'content-length': Buffer.byteLength(token),
        accept: 'application/json',
        ...(authorization !== undefined && { authorization }),
        ...(traceparent !== undefined && { traceparent }),
      },
    });
    // Also what goes wrong after the answer has begun.
    request.on('error', () => undefined);
    request.end(token);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the connection.
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function outcomeOf(status: number, text: string): PushOutcome {
  if (status === 202) return { kind: 'taken' };
  return (status === 400 && rejectionIn(text)) || { kind: 'failed', problem: `answered ${status}` };
}

/** A 400 that is not of the form of RFC 8935 §2.3 comes from something else on the way. */
function rejectionIn(text: string): PushOutcome | undefined {
  try {
    const { err, description } = JSON.parse(text) as Record<string, unknown>;
    if (typeof err !== 'string' || err === '') return undefined;
    const said = typeof description === 'string' ? storable(description) : undefined;
    return { kind: 'rejected', error: storable(err), description: said };
  } catch {
    return undefined;
  }
}

/** Without what Postgres can't store. */
function storable(text: string): string {
  return text.slice(0, MAX_TEXT).replaceAll(/[\0\p{Cs}]/gu, '');
}
