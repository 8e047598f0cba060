import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** What a thread is asked, see `bcrypt-thread.js`. */
export interface Question {
  readonly id: number;
  readonly password: string;
  readonly hash: string;
}

/** What it answers. */
interface Verdict {
  readonly id: number;
  readonly isCorrect: boolean;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (verdict: boolean | Error) => void>;
}

const MOST_THREADS = Math.min(4, Math.max(1, availableParallelism() - 1));
const SCRIPT = new URL('./bcrypt-thread.js', import.meta.url);

/**
 * Threads that check passwords against bcrypt hashes, which is hundreds of milliseconds of JavaScript each
 * that the event loop is spared. Started when they are first needed.
 */
@Injectable()
export class BcryptThreads implements OnModuleDestroy {
  private readonly threads = new Set<Thread>();
  private lastId = 0;

  /** @throws Error when the thread ended before it was done */
  compare(password: string, hash: string): Promise<boolean> {
    const { worker, waiting } = this.leastBusy();
    const id = (this.lastId += 1);
    return new Promise((resolve, reject) => {
      waiting.set(id, (verdict) => {
        if (verdict instanceof Error) reject(verdict);
        else resolve(verdict);
      });
      worker.postMessage({ id, password, hash } satisfies Question);
    });
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.threads].map(({ worker }) => worker.terminate()));
  }

  private leastBusy(): Thread {
    const [thread] = [...this.threads].sort((one, other) => one.waiting.size - other.waiting.size);
    const isBusy = !thread || thread.waiting.size > 0;
    return isBusy && this.threads.size < MOST_THREADS ? this.start() : (thread ?? this.start());
  }

  private start(): Thread {
    const thread: Thread = { worker: new Worker(SCRIPT), waiting: new Map() };
    thread.worker.unref();
    thread.worker.on('message', ({ id, isCorrect }: Verdict) => {
      thread.waiting.get(id)?.(isCorrect);
      thread.waiting.delete(id);
    });
    thread.worker.once('error', (error) => {
      this.end(thread, error);
    });
    thread.worker.once('exit', () => {
      this.end(thread, new Error('the thread for bcrypt ended'));
    });
    this.threads.add(thread);
    return thread;
  }

  private end(thread: Thread, error: Error): void {
    this.threads.delete(thread);
    for (const settle of thread.waiting.values()) settle(error);
    thread.waiting.clear();
  }
}
