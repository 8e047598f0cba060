import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 25_000;

/** Waits for a condition to hold. @throws Error when it does not come to that in a long while */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come to that');
    await delay(20);
  }
}
