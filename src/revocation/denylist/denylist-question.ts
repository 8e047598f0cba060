import { type DenylistReading } from './denylist-store.js';

/** What the store has: the lease, and the values of the keys in their order. */
export interface DenylistValues {
  readonly lease: string | null;
  readonly values: readonly (string | null)[];
}

/** What a question came to: the values by key. */
export interface DenylistAnswer {
  readonly lease: string | null;
  readonly listed: ReadonlyMap<string, string>;
}

/** One command that reads for many askers; what they ask in common, such as their client, once. */
export class DenylistQuestion {
  /** How many share it. */
  askers = 0;
  private readonly keys = new Set<string>();
  private readonly answer: Promise<DenylistAnswer>;
  private resolve: ((answer: Promise<DenylistAnswer>) => void) | undefined;

  constructor() {
    this.answer = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  /** @returns the answer of all */
  add(keys: readonly string[]): Promise<DenylistAnswer> {
    this.askers += 1;
    for (const key of keys) this.keys.add(key);
    return this.answer;
  }

  /** Once; whoever is later asks another question. */
  send(read: (keys: readonly string[]) => Promise<DenylistValues>): void {
    const { resolve } = this;
    if (!resolve) return;
    this.resolve = undefined;
    resolve(this.readWith(read));
  }

  private async readWith(
    read: (keys: readonly string[]) => Promise<DenylistValues>,
  ): Promise<DenylistAnswer> {
    const keys = [...this.keys];
    const { lease, values } = await read(keys);
    return { lease, listed: listedOf(keys, values) };
  }
}

/** Of the answer of all what one of them asked. */
export function readingOf({ lease, listed }: DenylistAnswer, keys: readonly string[]): DenylistReading {
  const issuedUpTo: number[] = [];
  if (listed.size > 0) {
    for (const key of keys) {
      const value = listed.get(key);
      if (value !== undefined) issuedUpTo.push(Number(value));
    }
  }
  return { lease: lease ?? undefined, issuedUpTo };
}

/** Of most keys there is nothing. */
function listedOf(keys: readonly string[], values: readonly (string | null)[]): Map<string, string> {
  const listed = new Map<string, string>();
  for (const [index, value] of values.entries()) {
    const key = keys[index];
    if (value !== null && key !== undefined) listed.set(key, value);
  }
  return listed;
}
