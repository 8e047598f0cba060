/**
 * As much of an ioredis client, of a server or of a cluster, as is used here. ioredis itself is not imported:
 * who does without Redis need not install it.
 */
export interface RedisStreamClient {
  duplicate(): RedisStreamConnection;
}

export interface RedisStreamConnection {
  xread(
    countToken: 'COUNT',
    count: number,
    blockToken: 'BLOCK',
    milliseconds: number,
    streamsToken: 'STREAMS',
    key: string,
    id: string,
  ): Promise<unknown>;
  xrange(key: string, start: string, end: string, countToken: 'COUNT', count: number): Promise<StreamEntry[]>;
  xrevrange(
    key: string,
    end: string,
    start: string,
    countToken: 'COUNT',
    count: number,
  ): Promise<StreamEntry[]>;
  on(event: 'error', listener: () => void): unknown;
  disconnect(): void;
}

/** An id and, in turn, names and values. */
export type StreamEntry = [id: string, fields: string[]];

/** Whether a stream id, `<number>-<number>`, comes after another. */
export function isAfter(id: string, other: string): boolean {
  const [left, right] = [id, other].map((text) => text.split('-').map(BigInt));
  const [major = 0n, minor = 0n] = left ?? [];
  const [otherMajor = 0n, otherMinor = 0n] = right ?? [];
  return major === otherMajor ? minor > otherMinor : major > otherMajor;
}
