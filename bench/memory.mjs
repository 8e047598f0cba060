import { readFile } from 'node:fs/promises';
import { median } from './statistics.mjs';

/** @param {number} pid @returns {Promise<number>} bytes of its own memory and of what it shares (the resident set) */
export async function residentBytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/**
 * How the last fifth compares with the second half's first: what a process takes to warm up is no leak.
 *
 * @param {readonly number[]} samples at equal distances
 * @returns {number} 0 where nothing grew
 */
export function growthOf(samples) {
  const fifth = Math.max(1, Math.floor(samples.length / 5));
  const middle = Math.floor(samples.length / 2);
  return median(samples.slice(-fifth)) / median(samples.slice(middle, middle + fifth)) - 1;
}

/** @param {number} bytes */
export const megabytes = (bytes) => Math.round(bytes / 2 ** 20);
