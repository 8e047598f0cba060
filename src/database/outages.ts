import { isTransientFault } from '../common/transient-fault.js';

/** A time in which the database did not answer this process: how long ago it began and ended, in milliseconds. */
export interface Outage {
  readonly beganAgo: number;
  readonly endedAgo: number;
}

/** A database that comes and goes is one outage, when it was back for less than this. */
const FLAPPING_MS = 10_000;

/**
 * Remembers the last time in which the database did not answer this process.
 *
 * A client whose answer was lost at the start of a failover retries into 503s until it ends; by then a
 * grace window of seconds has long passed, and its honest retry would look like a replay (keycloak#49213).
 * Whoever judges a retry can set this time aside, see `judgePresentation`.
 */
export class Outages {
  private down: number | undefined;
  private over: { began: number; ended: number } | undefined;

  /** Runs a call to the database and takes note of whether it was answered. */
  async watch<Result>(call: () => Promise<Result>): Promise<Result> {
    const started = Date.now();
    try {
      const result = await call();
      this.noteAnswer();
      return result;
    } catch (error) {
      if (isTransientFault(error) && !isRollback(error)) this.noteFault(started);
      else this.noteAnswer();
      throw error;
    }
  }

  /** The last outage that is over, or none since this process started. */
  get last(): Outage | undefined {
    const now = Date.now();
    return this.over && { beganAgo: now - this.over.began, endedAgo: now - this.over.ended };
  }

  private noteFault(started: number): void {
    if (this.down !== undefined) return;
    const flapping = this.over && started - this.over.ended < FLAPPING_MS;
    this.down = flapping ? this.over?.began : started;
  }

  private noteAnswer(): void {
    if (this.down === undefined) return;
    this.over = { began: this.down, ended: Date.now() };
    this.down = undefined;
  }
}

/** A deadlock or a serialization failure: the server is there, and has answered. */
function isRollback(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^40...$/.test(code);
}
