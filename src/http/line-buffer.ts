import { type DestinationStream } from 'pino';

/** Lines wait for others at most so many milliseconds, and until there are so many characters. */
const FLUSH_MS = 100;
const ENOUGH = 32 * 1_024;

/** Where lines go: what pino makes of a file descriptor. */
interface Target extends DestinationStream {
  flushSync(): void;
}

/**
 * Has lines share writes. The stream beneath it can do that too, but joins each line to those before it by itself, and
 * measures the whole of them each time. See docs/performance.md.
 */
export class LineBuffer implements Target {
  private lines: string[] = [];
  private length = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly target: Target) {}

  write(line: string): void {
    this.lines.push(line);
    this.length += line.length;
    if (this.length >= ENOUGH) {
      this.flush();
    } else {
      this.timer ??= setTimeout(() => {
        this.flush();
      }, FLUSH_MS).unref();
    }
  }

  /** Writes what waits before it returns: for a process that is about to end. */
  flushSync(): void {
    this.flush();
    this.target.flushSync();
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.lines.length === 0) return;
    const text = this.lines.join('');
    this.lines = [];
    this.length = 0;
    this.target.write(text);
  }
}
