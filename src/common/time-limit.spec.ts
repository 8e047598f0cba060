import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { withTimeLimit } from './time-limit.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const NEVER = new AbortController().signal;

/** Work that ends with its signal alone, and says why that was aborted. */
async function untilAborted(signal: AbortSignal): Promise<string> {
  await once(signal, 'abort');
  return (signal.reason as Error).name;
}

describe('withTimeLimit', () => {
  it('aborts when the time is over, though memory is collected meanwhile', async () => {
    const works = Array.from({ length: 20 }, () => withTimeLimit(300, NEVER, untilAborted));
    for (let count = 0; count < 3; count += 1) {
      await delay(50);
      collectGarbage();
    }
    const outcomes = Promise.all(works);
    expect(await Promise.race([outcomes, delay(5_000)])).toEqual(works.map(() => 'TimeoutError'));
  });

  it('aborts when the signal is', async () => {
    const stop = new AbortController();
    const work = withTimeLimit(60_000, stop.signal, untilAborted);
    stop.abort();
    expect(await work).toBe('AbortError');
  });

  it('answers what the work does, or throws what it throws', async () => {
    expect(await withTimeLimit(60_000, NEVER, () => Promise.resolve('done'))).toBe('done');
    await expect(withTimeLimit(60_000, NEVER, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
