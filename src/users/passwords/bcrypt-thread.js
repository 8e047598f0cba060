import { compareSync } from 'bcryptjs';
import { parentPort } from 'node:worker_threads';

/** One of the threads of `bcrypt-threads.ts`. In JavaScript, so that tests run it as it is. */
parentPort?.on('message', ({ id, password, hash }) => {
  parentPort?.postMessage({ id, isCorrect: compareSync(password, hash) });
});
