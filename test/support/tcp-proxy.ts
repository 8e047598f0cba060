import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between the service and Postgres, to fail as networks do. */
export interface TcpProxy {
  readonly port: number;
  /**
   * The next connection that sends `marker` is cut as soon as the server has answered it: what it asked for
   * is done, and nobody is told. @returns when that has happened
   */
  cutAfter(marker: string): Promise<void>;
  /** Cuts every connection and refuses new ones. */
  block(): void;
  unblock(): void;
  stop(): Promise<void>;
}

export async function startProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let blocked = false;
  let armed: { marker: string; done: () => void } | undefined;

  const server = createServer((client) => {
    if (blocked) return void client.destroy();
    const upstream = connect(targetPort, '127.0.0.1');
    let doomed: (() => void) | undefined;
    const close = () => {
      client.destroy();
      upstream.destroy();
      sockets.delete(client);
    };
    sockets.add(client);
    client.on('data', (chunk) => {
      if (armed && chunk.includes(armed.marker)) {
        doomed = armed.done;
        armed = undefined;
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!doomed) return void client.write(chunk);
      close();
      doomed();
    });
    for (const socket of [client, upstream]) socket.on('error', close).on('close', close);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cutAfter: (marker) =>
      new Promise((done) => {
        armed = { marker, done };
      }),
    block: () => {
      blocked = true;
      cutAll();
    },
    unblock: () => {
      blocked = false;
    },
    stop: () =>
      new Promise((resolve) => {
        cutAll();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** The same database by way of the proxy. */
export function throughProxy(databaseUrl: string, proxy: TcpProxy): string {
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${proxy.port}`;
  return url.href;
}
