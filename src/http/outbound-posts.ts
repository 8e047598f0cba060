import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { withTimeLimit } from '../common/time-limit.js';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';

export interface OutboundPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came back; the text is what a stranger wrote. */
export interface PostAnswer {
  readonly status: number;
  readonly text: string;
}

const MAX_ANSWER_BYTES = 16 * 1024;

/**
 * Posts to places that others named. Each connection's address is checked as it is made, whatever the name resolved
 * to before; no redirect is followed; what comes back is bounded in size and time.
 */
export class OutboundPosts {
  private readonly agents: readonly [http: RequestFilteringHttpAgent, https: RequestFilteringHttpsAgent];

  /**
   * @param allowedAddresses addresses or CIDR ranges that are allowed although they are not public
   * @param timeout of a post and its answer, in milliseconds
   */
  constructor(
    allowedAddresses: string[],
    private readonly timeout: number,
  ) {
    const options = { keepAlive: true, allowIPAddressList: allowedAddresses };
    this.agents = [new RequestFilteringHttpAgent(options), new RequestFilteringHttpsAgent(options)];
  }

  close(): void {
    for (const agent of this.agents) agent.destroy();
  }

  /** @throws Error whose message holds nothing that the other side has sent */
  send(post: OutboundPost, signal: AbortSignal): Promise<PostAnswer> {
    return withTimeLimit(this.timeout, signal, async (limited) => {
      const response = await this.begin(post, limited);
      return { status: response.statusCode ?? 0, text: await readBounded(response) };
    });
  }

  private async begin({ url, headers, body }: OutboundPost, signal: AbortSignal): Promise<IncomingMessage> {
    const isSecure = url.startsWith('https:');
    const request = (isSecure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: this.agents[isSecure ? 1 : 0],
      signal,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    // Also what goes wrong after the answer has begun.
    request.on('error', () => undefined);
    request.end(body);
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
