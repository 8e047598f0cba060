import { type FeedProgress } from './feed-progress.js';

/** Where revocations are read from, once the snapshot is there. */
export interface RevocationSource {
  /**
   * Reads on from the cursor, until the connection ends, falls silent or `signal` aborts.
   *
   * @throws CursorLostError when the source has not kept all that comes after the cursor
   */
  read(progress: FeedProgress, signal: AbortSignal): Promise<void>;
}

/** There is no reading on from the cursor: a snapshot must be taken. */
export class CursorLostError extends Error {
  override readonly name = 'CursorLostError';
}
