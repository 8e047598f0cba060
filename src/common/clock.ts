/**
 * The process's clock: what is stamped into signed tokens. A token family lives by the database's clock
 * instead, so that replicas never disagree about expiry or grace.
 */
export class Clock {
  now(): Date {
    return new Date();
  }

  /** Seconds since the epoch, as JWTs have them (RFC 7519 NumericDate). */
  seconds(): number {
    return Math.floor(this.now().getTime() / 1000);
  }
}
