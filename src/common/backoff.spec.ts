import { describe, expect, it } from '@jest/globals';
import { backoff } from './backoff.js';

describe('backoff', () => {
  it.each([
    [1, 250, 500],
    [2, 500, 1_000],
    [5, 4_000, 8_000],
    [8, 30_000, 60_000],
    [10_000, 30_000, 60_000],
  ])('after %d failures is between %d and %d ms', (failures, least, most) => {
    expect([backoff(failures, 0), backoff(failures, 1)]).toEqual([least, most]);
  });
});
