import { parentPort } from 'node:worker_threads';
import { signJws } from './sign-jws.js';

/** @type {Map<number, import('./sign-jws.js').JwsRecipe>} */
const recipes = new Map();

/** The thread of `signing-thread.ts`: learns recipes, and answers batches in their order. */
parentPort?.on('message', (/** @type {import('./signing-thread.js').ToThread} */ message) => {
  if ('recipe' in message) recipes.set(message.id, message.recipe);
  else parentPort?.postMessage(message.jobs.map(signed));
});

/** @param {import('./signing-thread.js').SigningJob} job */
function signed({ id, payload }) {
  const recipe = recipes.get(id);
  if (!recipe) throw new Error('the recipe of a token is missing');
  return signJws(recipe, payload);
}
