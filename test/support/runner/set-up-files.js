import { jest } from '@jest/globals';
import { addEventHandler, getState } from 'jest-circus';

/** Milliseconds that a test or hook may take unless it says otherwise. */
const PATIENCE_MS = 120_000;
/** As they are before a test replaces them. */
const { setTimeout, clearTimeout } = globalThis;
const environment = { ...process.env };

/** @type {unknown} */
let file;
addEventHandler((event) => {
  const { rootDescribeBlock, currentDescribeBlock } = getState();
  if (file !== rootDescribeBlock) forgetLastFile();
  file = rootDescribeBlock;
  if (event.name === 'add_test') limit(currentDescribeBlock.children.at(-1), event.timeout);
  if (event.name === 'add_hook') limit(currentDescribeBlock.hooks.at(-1), event.timeout);
});

/** Files that run in one process begin alike, whatever others before them have changed. */
function forgetLastFile() {
  jest.useRealTimers();
  jest.restoreAllMocks();
  for (const name of Object.keys(process.env))
    if (!(name in environment)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
}

/**
 * The runner itself would wait for ever.
 *
 * @param {unknown} step a test or hook
 * @param {number} [timeoutMs]
 */
function limit(step, timeoutMs = PATIENCE_MS) {
  const limited = /** @type {{ fn: () => unknown }} */ (step);
  const work = limited.fn;
  limited.fn = async () => {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const tooLate = new Promise((_resolve, reject) => {
      timer = setTimeout(reject, timeoutMs, new Error(`took longer than ${timeoutMs} ms`));
    });
    try {
      await Promise.race([work(), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  };
}
