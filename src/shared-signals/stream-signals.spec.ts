import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { StreamListener } from './stream-signals.js';

const NEVER = new AbortController().signal;

describe('StreamListener', () => {
  let listener: StreamListener;
  beforeEach(() => {
    jest.useFakeTimers();
    listener = new StreamListener(() => undefined);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const ended = async (wait: Promise<void>): Promise<boolean> => {
    let isOver = false;
    void wait.then(() => (isOver = true));
    await Promise.resolve().then(() => undefined);
    await Promise.resolve();
    return isOver;
  };

  it('waits for an event or a change, or as long as it is told', async () => {
    for (const isChange of [true, false]) {
      const wait = listener.wait(1_000, NEVER);
      listener.wake(isChange);
      await wait;
    }
    const wait = listener.wait(1_000, NEVER);
    jest.advanceTimersByTime(999);
    expect(await ended(wait)).toBe(false);
    jest.advanceTimersByTime(1);
    await wait;
  });

  it('does not miss what came between two waits', async () => {
    listener.wake(false);
    await listener.wait(1_000, NEVER);
    expect(await ended(listener.wait(1_000, NEVER))).toBe(false);
  });

  it('waits for a change however many events there are', async () => {
    listener.wake(false);
    const wait = listener.waitForChange(1_000, NEVER);
    listener.wake(false);
    expect(await ended(wait)).toBe(false);
    listener.wake(true);
    await wait;
  });

  it('is ended by the signal, also by one that came before', async () => {
    const begun = jest.spyOn(globalThis, 'setTimeout');
    const cleared = jest.spyOn(globalThis, 'clearTimeout');
    const signal = new AbortController();
    const wait = listener.wait(1_000, signal.signal);
    signal.abort();
    await wait;
    await listener.wait(1_000, signal.signal);
    expect(begun).toHaveBeenCalledTimes(1);
    const timers = begun.mock.results.map(({ value }) => value);
    expect(cleared.mock.calls.map(([timer]) => timer)).toEqual(expect.arrayContaining(timers));
    jest.restoreAllMocks();
  });
});
