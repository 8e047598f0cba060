import { compareSync } from 'bcryptjs';
import { parentPort } from 'node:worker_threads';

/** One of the threads of `bcrypt-threads.ts`. In JavaScript, so that tests run it as it is. */
parentPort?.on('message', (/** @type {import('./bcrypt-threads.js').Question} */ question) => {
  const { id, password, hash } = question;
  parentPort?.postMessage({ id, isCorrect: compareSync(password, hash) });
});
