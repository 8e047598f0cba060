import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface ManagementAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** What each path of the management port answers. */
export type ManagementRoutes = Readonly<Record<string, () => Promise<ManagementAnswer>>>;

/** Connections of scrapers that stay open are closed after so many milliseconds. */
const KEEP_ALIVE_MS = 65_000;

/** A small HTTP server of its own for those who look after the service: never for the endpoints, nor from outside. */
export class ManagementServer {
  private readonly server: Server;

  constructor(routes: ManagementRoutes) {
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, ({ method, url = '/' }, response) => {
      const [path = '/'] = url.split('?', 1);
      const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
      if (method !== 'GET' && method !== 'HEAD') refuse(response, 405);
      else if (!route) refuse(response, 404);
      else void answer(response, route);
    });
  }

  /** @returns the port. @throws when it can't be had */
  async listen(port: number, host: string): Promise<number> {
    this.server.listen({ port, host, exclusive: true });
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

function refuse(response: ServerResponse, status: 404 | 405): void {
  response.writeHead(status, status === 405 ? { allow: 'GET, HEAD' } : {}).end();
}

async function answer(response: ServerResponse, route: () => Promise<ManagementAnswer>): Promise<void> {
  try {
    const { status, type, body } = await route();
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
  } catch {
    response.writeHead(500).end();
  }
}
