import { type ServiceProcess, startService } from './service-process.js';
import { startApp, type TestApp } from './test-app.js';
import { type TestEnvironment } from './environment.js';

/** One replica in this process, whose parts a test can reach, and one in a process of its own. */
export interface Replicas {
  readonly here: TestApp;
  readonly there: ServiceProcess;
  stop(): Promise<void>;
}

/** Starts two replicas on one database, of the same issuer and with the same keys; the other may differ in the rest. */
export async function startReplicas(
  environment: TestEnvironment = {},
  ofOther: TestEnvironment = {},
): Promise<Replicas> {
  const here = await startApp(environment);
  const { REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER } = here.environment;
  const shared = { ...environment, ...ofOther, REGRANT_KEYS, REDIS_KEY_PREFIX, ISSUER };
  const there = await startService(here.database.url, shared);
  return {
    here,
    there,
    stop: async () => {
      await there.stop();
      await here.stop();
    },
  };
}
