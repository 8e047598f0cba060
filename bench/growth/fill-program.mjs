/** A program: migrates and fills a database, see `fill`. */
import { answerParent } from '../answer-parent.mjs';
import { openAppContext } from '../app-context.mjs';
import { fill } from './fill.mjs';

answerParent({
  migrate: async () => {
    const app = await openAppContext();
    await app.close();
  },
  fill: async (/** @type {import('./fill.mjs').FillOrder} */ order) => {
    const app = await openAppContext();
    try {
      return await fill(app, order);
    } finally {
      await app.close();
    }
  },
});
