/** A line of newline-delimited JSON, from 1; `bytes` is `undefined` for one that is longer than allowed. */
export interface NdjsonLine {
  readonly number: number;
  readonly bytes: Buffer | undefined;
}

/** Longest line that is kept, in bytes. */
export const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/** Cuts bytes into lines as they come, the last with or without its newline, and holds one line at a time. */
export async function* ndjsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<NdjsonLine> {
  const line = new LineBuffer();
  for await (const bytes of source) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      line.append(chunk.subarray(start, end));
      yield line.take();
      start = end + 1;
    }
    line.append(chunk.subarray(start));
  }
  if (!line.isEmpty) yield line.take();
}

/** The parts of the line that is not complete yet. */
class LineBuffer {
  private parts: Buffer[] = [];
  private length = 0;
  private number = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  append(part: Buffer): void {
    this.length += part.length;
    if (this.length <= MAX_LINE_BYTES) this.parts.push(part);
    else this.parts = [];
  }

  take(): NdjsonLine {
    this.number += 1;
    const bytes = this.length <= MAX_LINE_BYTES ? Buffer.concat(this.parts) : undefined;
    this.parts = [];
    this.length = 0;
    return { number: this.number, bytes };
  }
}
