import { type RevocationDocument, type RevocationList } from './revocation-list.js';

/** How far a verifier has been told of revocations, and how old that word is. */
export class FeedProgress {
  /** The place in the server's stream up to which it has told. */
  cursor = '';
  /** Milliseconds of the monotonic clock: nobody setting the time makes old word look fresh. */
  private completeTo = -Infinity;

  constructor(private readonly list: RevocationList) {}

  /** Seconds: what was revoked since may be unknown here. */
  get staleness(): number {
    return (performance.now() - this.completeTo) / 1000;
  }

  /** One event, and the cursor that it stands at where it comes from the server's stream. */
  take(event: RevocationDocument, cursor = this.cursor): void {
    this.list.apply(event);
    this.cursor = cursor;
  }

  /** The server has said that it had told everything by that moment (milliseconds, monotonic). */
  isCompleteTo(moment: number): void {
    this.completeTo = Math.max(this.completeTo, moment);
  }
}
