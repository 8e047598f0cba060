import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LineBuffer } from './line-buffer.js';

/** What is written, and whether it was asked to be out before the call returned. */
function recorder() {
  const written: string[] = [];
  const flushSync = jest.fn();
  return { written, flushSync, buffer: new LineBuffer({ write: (text) => written.push(text), flushSync }) };
}

describe('LineBuffer', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('writes lines together, in their order, within 100 ms of the first', () => {
    const { buffer, written } = recorder();
    buffer.write('one\n');
    jest.advanceTimersByTime(60);
    buffer.write('two\n');
    jest.advanceTimersByTime(39);
    expect(written).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(written).toEqual(['one\ntwo\n']);
    buffer.write('three\n');
    jest.advanceTimersByTime(100);
    expect(written).toEqual(['one\ntwo\n', 'three\n']);
    jest.advanceTimersByTime(1_000);
    expect(written).toHaveLength(2);
  });

  it('does not let more than 32 KiB wait', () => {
    const { buffer, written } = recorder();
    const line = `${'x'.repeat(1_023)}\n`;
    for (let count = 0; count < 31; count += 1) buffer.write(line);
    expect(written).toEqual([]);
    buffer.write(line);
    expect(written).toEqual([line.repeat(32)]);
  });

  it('writes what waits at once when the process is about to end', () => {
    const { buffer, written, flushSync } = recorder();
    buffer.write('last\n');
    buffer.flushSync();
    expect(written).toEqual(['last\n']);
    expect(flushSync).toHaveBeenCalledTimes(1);
    buffer.flushSync();
    expect(written).toHaveLength(1);
  });
});
