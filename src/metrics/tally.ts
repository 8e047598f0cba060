import { type Counter } from 'prom-client';

interface Pending {
  count: number;
  readonly counter: Counter.Internal;
}

/**
 * Counts by the values of one label: a number is added to, and the registry's counter learns of it when it is
 * read, since each of its own additions costs half a microsecond.
 *
 * The values are a type of the code's: what comes from outside must be mapped to one of them first, or whoever
 * asks could make series without end.
 */
export class Tally<Value extends string> {
  private readonly pending = new Map<Value, Pending>();

  /**
   * @param before values of the labels that come before this one
   * @param expected values that are exported from the start, as 0: an increase from nothing is none to Prometheus
   */
  constructor(
    private readonly counter: Counter,
    private readonly before: readonly string[],
    expected: readonly Value[],
  ) {
    for (const value of expected) this.of(value);
  }

  count(value: Value, by = 1): void {
    this.of(value).count += by;
  }

  /** Hands over what was counted since the last time. */
  flush(): void {
    for (const pending of this.pending.values()) {
      pending.counter.inc(pending.count);
      pending.count = 0;
    }
  }

  private of(value: Value): Pending {
    let pending = this.pending.get(value);
    if (!pending) {
      pending = { count: 0, counter: this.counter.labels(...this.before, value) };
      this.pending.set(value, pending);
    }
    return pending;
  }
}
