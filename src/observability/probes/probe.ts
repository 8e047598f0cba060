/** Gauges whose values have to be asked for. */
export interface Probe {
  /** Whom it asks, as a label of `regrant_scrape_error`. */
  readonly source: string;
  /** Asks, and sets the gauges. @throws when there is no answer */
  measure(): Promise<void>;
  /** Leaves the gauges out: what they were may not be so any more. */
  clear(): void;
}
