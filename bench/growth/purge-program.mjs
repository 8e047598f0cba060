/** A program: a replica that sweeps away the families that are over, once, as the service does by itself. */
import { answerParent } from '../answer-parent.mjs';
import { openAppContext } from '../app-context.mjs';
import { Sweeper } from '../../dist/database/sweeper.js';

answerParent({
  /** @returns the seconds that it took */
  purge: async () => {
    const app = await openAppContext();
    try {
      const start = performance.now();
      await app.get(Sweeper).run('token families');
      return (performance.now() - start) / 1_000;
    } finally {
      await app.close();
    }
  },
});
