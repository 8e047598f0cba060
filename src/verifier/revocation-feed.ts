import { EventSourceParserStream } from 'eventsource-parser/stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type AuthorizationServer, succeed } from './authorization-server.js';
import { type RevocationDocument, type RevocationList } from './revocation-list.js';

const STREAM = '/events/revocations';
const SNAPSHOT = '/events/revocations/snapshot';
const GONE = 410;
/** Milliseconds between attempts, doubled up to the second after each failure. */
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [100, 5_000];

/** Keeps a revocation list up to date: the snapshot once, then the stream, which it resumes for ever. */
export class RevocationFeed {
  private readonly stopping = new AbortController();
  private cursor = '';
  private heardAt = 0;

  constructor(
    private readonly server: AuthorizationServer,
    private readonly list: RevocationList,
    /** Milliseconds of silence after which a connection is taken for dead. */
    private readonly silenceLimit: number,
  ) {}

  /** Loads the snapshot and begins to follow. @throws Error when the server does not answer */
  async start(): Promise<void> {
    await this.loadSnapshot();
    void this.follow();
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Seconds since the server was last heard of: what was revoked since may be unknown here. */
  get staleness(): number {
    return (Date.now() - this.heardAt) / 1000;
  }

  private async loadSnapshot(): Promise<void> {
    const answer = await succeed(await this.server.read(SNAPSHOT, {}, this.stopping.signal));
    const [head = '{}', ...events] = (await answer.text()).trimEnd().split('\n');
    for (const line of events) this.list.apply(JSON.parse(line) as RevocationDocument);
    this.cursor = (JSON.parse(head) as { cursor: string }).cursor;
    this.heardAt = Date.now();
  }

  private async follow(): Promise<void> {
    let wait = FIRST_RETRY_MS;
    while (!this.stopping.signal.aborted) {
      const heardBefore = this.heardAt;
      await this.read().catch(() => undefined);
      wait = this.heardAt > heardBefore ? FIRST_RETRY_MS : Math.min(2 * wait, LAST_RETRY_MS);
      await delay(wait * (0.5 + Math.random() / 2), undefined, { signal: this.stopping.signal }).catch(
        () => undefined,
      );
    }
  }

  /** One connection, until it ends or falls silent. */
  private async read(): Promise<void> {
    const silence = new AbortController();
    const signal = AbortSignal.any([this.stopping.signal, silence.signal]);
    const timer = setTimeout(() => {
      silence.abort();
    }, this.silenceLimit);
    try {
      const answer = await this.server.read(STREAM, { 'last-event-id': this.cursor }, signal);
      if (answer.status === GONE) {
        await this.loadSnapshot();
        return;
      }
      await this.consume((await succeed(answer)).body, () => timer.refresh());
    } finally {
      clearTimeout(timer);
    }
  }

  private async consume(body: Response['body'], onChunk: () => void): Promise<void> {
    if (!body) return;
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        this.heardAt = Date.now();
        onChunk();
        controller.enqueue(chunk);
      },
    });
    const events = body
      .pipeThrough(heard)
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const { id, data } of events) {
      this.list.apply(JSON.parse(data) as RevocationDocument);
      this.cursor = id ?? this.cursor;
    }
  }
}
