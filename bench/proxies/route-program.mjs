/** A program, see `ChildProgram`: adds a route with the service's own code. */
import { answerParent } from '../answer-parent.mjs';
import { openAppContext } from '../app-context.mjs';
import { addRoute } from './add-route.mjs';

answerParent({
  add: async (route) => {
    const app = await openAppContext();
    await addRoute(app, route);
    await app.close();
  },
});
