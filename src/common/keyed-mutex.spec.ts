import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { KeyedMutex } from './keyed-mutex.js';

/** Work that tells when it begins, and ends when it is told to. */
function work(name: string, log: string[]) {
  let finish!: (error?: Error) => void;
  const done = new Promise<void>((resolve, reject) => {
    finish = (error) => {
      if (error) reject(error);
      else resolve();
    };
  });
  const run = async (): Promise<string> => {
    log.push(name);
    await done;
    return name;
  };
  return { run, finish };
}

describe('KeyedMutex', () => {
  it('runs the work of one key in turn, in the order of arrival', async () => {
    const mutex = new KeyedMutex();
    const log: string[] = [];
    const works = ['first', 'second', 'third'].map((name) => work(name, log));
    const results = works.map(({ run }) => mutex.run('key', run));
    for (const [index, { finish }] of works.entries()) {
      await nextTurn();
      expect(log).toHaveLength(index + 1);
      finish();
    }
    expect(await Promise.all(results)).toEqual(['first', 'second', 'third']);
    expect(log).toEqual(['first', 'second', 'third']);
  });

  it('lets different keys run at once', async () => {
    const mutex = new KeyedMutex();
    const log: string[] = [];
    const works = ['one', 'other'].map((name) => work(name, log));
    const results = works.map(({ run }, index) => mutex.run(`key ${index}`, run));
    await nextTurn();
    expect(log).toEqual(['one', 'other']);
    for (const { finish } of works) finish();
    await Promise.all(results);
  });

  it('hands a failure to its own caller only, and goes on', async () => {
    const mutex = new KeyedMutex();
    const failed = mutex.run('key', () => Promise.reject(new Error('failed')));
    const next = mutex.run('key', () => Promise.resolve('ran'));
    await expect(failed).rejects.toThrow('failed');
    expect(await next).toBe('ran');
  });

  it('hands on what the work throws at once', async () => {
    const mutex = new KeyedMutex();
    const thrower = (): Promise<never> => {
      throw new Error('at once');
    };
    await expect(mutex.run('key', thrower)).rejects.toThrow('at once');
    expect(await mutex.run('key', () => Promise.resolve('ran'))).toBe('ran');
  });

  it('keeps nothing of a key that is done with', async () => {
    const mutex = new KeyedMutex();
    await Promise.all([1, 2, 3].map((value) => mutex.run('key', () => Promise.resolve(value))));
    expect((mutex as unknown as { tails: Map<string, unknown> }).tails.size).toBe(0);
  });
});
