import { setTimeout as delay } from 'node:timers/promises';
import { withTimeLimit } from '../common/time-limit.js';
import { type AuthorizationServer, succeed } from './authorization-server.js';
import { FeedProgress } from './feed-progress.js';
import { type RevocationDocument, type RevocationList } from './revocation-list.js';
import { CursorLostError, type RevocationSource } from './revocation-source.js';

const SNAPSHOT = '/events/revocations/snapshot';
/** Milliseconds that a snapshot may take. */
const SNAPSHOT_TIMEOUT_MS = 60_000;
/** Milliseconds between attempts, doubled up to the second after each failure. */
const [FIRST_RETRY_MS, LAST_RETRY_MS] = [100, 5_000];

/** Keeps a revocation list up to date: the snapshot once, then the source, which it comes back to for ever. */
export class RevocationFeed {
  private readonly stopping = new AbortController();
  private readonly progress: FeedProgress;

  constructor(
    private readonly server: AuthorizationServer,
    private readonly source: RevocationSource,
    list: RevocationList,
  ) {
    this.progress = new FeedProgress(list);
  }

  /** Loads the snapshot and begins to follow. @throws Error when the server does not answer */
  async start(): Promise<void> {
    await this.loadSnapshot();
    void this.follow();
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Seconds since the server last said that it had told everything. */
  get staleness(): number {
    return this.progress.staleness;
  }

  private async loadSnapshot(): Promise<void> {
    const askedAt = performance.now();
    const text = await withTimeLimit(SNAPSHOT_TIMEOUT_MS, this.stopping.signal, async (signal) => {
      const answer = await succeed(await this.server.read(SNAPSHOT, {}, signal));
      return answer.text();
    });
    const [head = '{}', ...events] = text.trimEnd().split('\n');
    for (const line of events) this.progress.take(JSON.parse(line) as RevocationDocument);
    this.progress.cursor = (JSON.parse(head) as { cursor: string }).cursor;
    this.progress.isCompleteTo(askedAt);
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    let wait = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const hasWorked = await this.read().catch(() => false);
      wait = hasWorked ? FIRST_RETRY_MS : Math.min(2 * wait, LAST_RETRY_MS);
      await delay(wait * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns whether it was worth coming: a source that loses the cursor each time would have us load for ever */
  private async read(): Promise<boolean> {
    const before = performance.now();
    try {
      await this.source.read(this.progress, this.stopping.signal);
    } catch (error) {
      if (error instanceof CursorLostError) {
        await this.loadSnapshot();
        return false;
      }
    }
    return this.staleness * 1000 < performance.now() - before;
  }
}
