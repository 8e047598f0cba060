import { Injectable } from '@nestjs/common';
import { SingleBar } from 'cli-progress';

/** Told how far something is, 0 to 1, and what else there is to say of it. */
export type Report = (progress: number, remark?: string) => void;

/** Shows how far long work is, on standard error and only where someone looks at it. */
@Injectable()
export class Progress {
  /** @param label what is being done */
  async during<Result>(label: string, work: (report: Report) => Promise<Result>): Promise<Result> {
    if (!process.stderr.isTTY) return work(() => undefined);
    const format = `${label} [{bar}] {percentage}% {remark}`;
    const bar = new SingleBar({ format, stream: process.stderr, hideCursor: null, clearOnComplete: true });
    bar.start(1, 0, { remark: '' });
    try {
      return await work((progress, remark = '') => {
        bar.update(Math.min(1, progress), { remark });
      });
    } finally {
      bar.stop();
    }
  }
}
