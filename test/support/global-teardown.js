import { servers } from './global-setup.js';

export default async function globalTeardown() {
  await Promise.all(servers.map((server) => server.stop()));
}
