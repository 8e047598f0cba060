import 'reflect-metadata';
import cluster from 'node:cluster';
import { loadEnvironment } from './config/config.module.js';
import { observabilityConfig } from './config/observability.config.js';
import { workersConfig } from './config/workers.config.js';
import { Supervisor } from './supervisor.js';

async function main(): Promise<void> {
  loadEnvironment();
  const { workers } = workersConfig();
  if (workers > 1 && cluster.isPrimary) {
    const close = await openManagementPort();
    process.exitCode = await new Supervisor().run(workers);
    await close?.();
    return;
  }
  // A supervisor has no use for all that a server is made of.
  const { serve } = await import('./serve.js');
  await serve();
}

/** Of all workers together: loaded only where it is wanted. */
async function openManagementPort(): Promise<(() => Promise<void>) | undefined> {
  const settings = observabilityConfig();
  if (settings.managementPort === '') return undefined;
  const { SupervisorListener } = await import('./observability/supervisor-listener.js');
  const listener = new SupervisorListener();
  const port = await listener.open(settings);
  process.stdout.write(
    `${JSON.stringify({ level: 'info', host: settings.managementHost, port, msg: 'metrics are served' })}\n`,
  );
  return () => listener.close();
}

main().catch((error: unknown) => {
  process.stderr.write(`Regrant can't start. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
