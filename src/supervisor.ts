import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';

const [FIRST_RESTART_MS, LAST_RESTART_MS] = [100, 10_000];
/** A worker that lived for so long was in order: the next restart is quick again. */
const PROVED_MS = 60_000;
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs the program in several processes that share its port (`WORKERS`), and replaces those that die.
 *
 * A worker that ends before it listens is not replaced: it would end again, for the same reason.
 */
export class Supervisor {
  private isStopping = false;
  private restartMs = FIRST_RESTART_MS;

  /** @returns the exit code, once all have ended */
  async run(count: number): Promise<number> {
    for (const signal of STOP_SIGNALS) {
      process.on(signal, () => {
        // A terminal has sent it to the workers too.
        if (signal === 'SIGINT' && process.stdin.isTTY) this.isStopping = true;
        else this.stop(signal);
      });
    }
    const codes = await Promise.all(Array.from({ length: count }, () => this.keepOne()));
    return Math.max(...codes);
  }

  private async keepOne(): Promise<number> {
    for (;;) {
      const startedAt = performance.now();
      const worker = cluster.fork();
      let hasListened = false;
      worker.once('listening', () => (hasListened = true));
      const [code] = (await once(worker, 'exit')) as [number | null];
      if (this.isStopping) return code ?? 0;
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the listener
      if (!hasListened) {
        this.stop('SIGTERM');
        return code ?? 1;
      }
      await this.pause(performance.now() - startedAt);
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it may have changed in the pause
      if (this.isStopping) return 0;
    }
  }

  private async pause(lived: number): Promise<void> {
    this.restartMs = lived > PROVED_MS ? FIRST_RESTART_MS : Math.min(2 * this.restartMs, LAST_RESTART_MS);
    await new Promise((resolve) => setTimeout(resolve, this.restartMs));
  }

  private stop(signal: NodeJS.Signals): void {
    this.isStopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) (worker as Worker).process.kill(signal);
  }
}
