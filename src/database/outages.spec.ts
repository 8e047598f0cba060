import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Outages } from './outages.js';

const SECOND = 1000;
const fault = (code: string): Error => Object.assign(new Error('failed'), { code });

let outages: Outages;
beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  outages = new Outages();
});
afterEach(() => {
  jest.useRealTimers();
});

const answered = (): Promise<string> => outages.watch(() => Promise.resolve('rows'));
const failed = async (code = '57P01', after = 0): Promise<void> => {
  const call = (): Promise<never> => {
    jest.advanceTimersByTime(after);
    return Promise.reject(fault(code));
  };
  await expect(outages.watch(call)).rejects.toThrow('failed');
};
const pass = (seconds: number): void => {
  jest.advanceTimersByTime(seconds * SECOND);
};

describe('Outages', () => {
  it('knows of none while all calls are answered, and hands the answers on', async () => {
    expect(await answered()).toBe('rows');
    expect(outages.last).toBeUndefined();
  });

  it('lasts from the first call that was not answered to the first that is', async () => {
    pass(5);
    await failed();
    pass(20);
    await failed();
    pass(10);
    expect(outages.last).toBeUndefined();
    await answered();
    pass(3);
    expect(outages.last).toEqual({ beganAgo: 33 * SECOND, endedAgo: 3 * SECOND });
  });

  it('began when the call was made, not when it timed out', async () => {
    await failed('57014', 5 * SECOND);
    await answered();
    expect(outages.last).toEqual({ beganAgo: 5 * SECOND, endedAgo: 0 });
  });

  it('ends with a refusal too: a server that says no does answer', async () => {
    await failed();
    pass(7);
    await failed('23505');
    expect(outages.last).toEqual({ beganAgo: 7 * SECOND, endedAgo: 0 });
  });

  it('is not begun by an error of ours', async () => {
    await failed('23505');
    await answered();
    expect(outages.last).toBeUndefined();
  });

  it('is one with the last where the database was back for less than 10 s', async () => {
    await failed();
    pass(10);
    await answered();
    pass(9);
    await failed();
    pass(10);
    await answered();
    expect(outages.last).toEqual({ beganAgo: 29 * SECOND, endedAgo: 0 });
  });

  it('is another one where the database was back for 10 s', async () => {
    await failed();
    pass(10);
    await answered();
    pass(10);
    await failed();
    pass(4);
    await answered();
    expect(outages.last).toEqual({ beganAgo: 4 * SECOND, endedAgo: 0 });
  });
});
