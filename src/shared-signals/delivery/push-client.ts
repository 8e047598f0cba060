import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { sharedSignalsConfig, type SharedSignalsSettings } from '../../config/shared-signals.config.js';
import { OutboundPosts } from '../../http/outbound-posts.js';

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

const MAX_TEXT = 500;

/** Pushes Security Event Tokens to receivers (RFC 8935), as {@link OutboundPosts} allows. */
@Injectable()
export class PushClient implements OnModuleDestroy {
  private readonly posts: OutboundPosts;

  constructor(
    @Inject(sharedSignalsConfig.KEY) { pushAllowedAddresses, pushTimeoutMs }: SharedSignalsSettings,
  ) {
    this.posts = new OutboundPosts(pushAllowedAddresses, pushTimeoutMs);
  }

  onModuleDestroy(): void {
    this.posts.close();
  }

  /** One attempt, which the signal or the time-out ends. Never rejects. */
  async push({ url, token, ...request }: PushRequest, signal: AbortSignal): Promise<PushOutcome> {
    try {
      const { status, text } = await this.posts.send(
        { url, headers: headersOf(request), body: token },
        signal,
      );
      return outcomeOf(status, text);
    } catch (error) {
      return { kind: 'failed', problem: error instanceof Error ? error.message : 'unknown' };
    }
  }
}

function headersOf({
  authorization,
  traceparent,
}: Omit<PushRequest, 'url' | 'token'>): Record<string, string> {
  return {
    'content-type': 'application/secevent+jwt',
    accept: 'application/json',
    ...(authorization !== undefined && { authorization }),
    ...(traceparent !== undefined && { traceparent }),
  };
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
