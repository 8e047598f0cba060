import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';

/** A server behind the gateway. */
export interface Upstream {
  readonly url: string;
  readonly server: Server;
  /** Of the requests that came, in their order. */
  readonly requests: readonly Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders'>[];
  stop(): Promise<void>;
}

/** Answers as httpbin does, unless told otherwise: with what it was asked. */
export async function startUpstream(listener: RequestListener = echo): Promise<Upstream> {
  const requests: Upstream['requests'][number][] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const { method, url, headers, rawHeaders } = request;
    requests.push({ method, url, headers, rawHeaders });
    listener(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    requests,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** `{"headers": …, "method": …}`, header names capitalised, as httpbin's `/anything` has them. */
export function echo(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = Object.entries(request.headersDistinct).map(([name, lines = []]) => [
      name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()),
      lines.join(','),
    ]);
    const { method, url } = request;
    const data = Buffer.concat(chunks).toString();
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ headers: Object.fromEntries(headers) as object, method, url, data }));
  });
}
