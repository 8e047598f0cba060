import { servers } from './global-setup.js';

export default async function globalTeardown() {
  // The last first: they are on those before them.
  for (const server of servers.reverse()) await server.stop();
}
