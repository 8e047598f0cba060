/**
 * A place in the outbox: transaction id and sequence, in the order in which events are delivered. Written
 * `<transaction>-<sequence>`, which is also a Redis stream id.
 */
export class EventCursor {
  static readonly start = new EventCursor(0n, 0n);

  constructor(
    readonly transactionId: bigint,
    readonly sequence: bigint,
  ) {}

  /** @returns `undefined` for a text of another form */
  static parse(text: string): EventCursor | undefined {
    const match = /^(\d{1,19})-(\d{1,18})$/.exec(text);
    return match ? new EventCursor(BigInt(match[1] ?? 0), BigInt(match[2] ?? 0)) : undefined;
  }

  isAfter(other: EventCursor): boolean {
    if (this.transactionId !== other.transactionId) return this.transactionId > other.transactionId;
    return this.sequence > other.sequence;
  }

  toString(): string {
    return `${this.transactionId}-${this.sequence}`;
  }
}
