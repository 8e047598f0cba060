import 'reflect-metadata';
import cluster from 'node:cluster';
import { loadEnvironment } from './config/config.module.js';
import { workersConfig } from './config/workers.config.js';
import { Supervisor } from './supervisor.js';

async function main(): Promise<void> {
  loadEnvironment();
  const { workers } = workersConfig();
  if (workers > 1 && cluster.isPrimary) {
    process.exitCode = await new Supervisor().run(workers);
    return;
  }
  // A supervisor has no use for all that a server is made of.
  const { serve } = await import('./serve.js');
  await serve();
}

main().catch((error: unknown) => {
  process.stderr.write(`Regrant can't start. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
