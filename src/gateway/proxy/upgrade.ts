import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type ClientRequest, type IncomingMessage, request as httpRequest, ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Duplex } from 'node:stream';
import { targetOf } from '../routes/upstream-url.js';
import { endToEnd } from './hop-by-hop.js';
import { type TakenRequest } from './gateway-proxy.js';
import { upstreamError } from './upstream-error.js';

const UPGRADE = Symbol('upgrade');

interface UpgradeRequest {
  [UPGRADE]?: Upgrade;
}

/** A connection that its client wants to speak another protocol on, such as WebSocket's. */
export interface Upgrade {
  readonly socket: Duplex;
  /** What came already. */
  readonly head: Buffer;
}

/** Has upgrades go the way of other requests, so that what refuses those refuses these. */
export function registerUpgrades(fastify: FastifyInstance): void {
  fastify.server.on('upgrade', (raw: IncomingMessage, socket: Duplex, head: Buffer) => {
    (raw as UpgradeRequest)[UPGRADE] = { socket, head };
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(raw);
    response.assignSocket(socket as Parameters<ServerResponse['assignSocket']>[0]);
    // Whatever is answered but the upgrade is the last on this connection.
    response.shouldKeepAlive = false;
    response.once('finish', () => socket.end());
    fastify.routing(raw, response);
  });
}

export function upgradeOf({ raw }: FastifyRequest): Upgrade | undefined {
  return (raw as UpgradeRequest)[UPGRADE];
}

class SlowUpstreamError extends Error {
  readonly code = 'ETIMEDOUT';
}

/** What becomes of an upgrade. */
export interface UpgradeEnd {
  /** Milliseconds until the upstream must have answered. */
  readonly answerMs: number;
  upgraded(sockets: readonly Duplex[]): void;
  refused(): void;
}

/** Joins a client with an upstream that takes the upgrade; what the upstream answers instead is the answer. */
export function forwardUpgrade(
  request: FastifyRequest,
  reply: FastifyReply,
  taken: TakenRequest,
  { socket, head }: Upgrade,
  end: UpgradeEnd,
): void {
  const upstream = ask(request, taken);
  const impatient = setTimeout(() => upstream.destroy(new SlowUpstreamError()), end.answerMs);
  upstream.once('close', () => {
    clearTimeout(impatient);
  });
  socket.once('close', () => upstream.destroy());
  upstream.on('error', (error) => {
    if (!reply.sent) void reply.send(upstreamError(error));
  });
  upstream.on('response', (response) => {
    clearTimeout(impatient);
    end.refused();
    const { downstreamHeaders, setCookie } = taken.verdict;
    if (setCookie !== undefined) void reply.header('set-cookie', setCookie);
    void reply
      .status(response.statusCode ?? 502)
      .headers({ ...endToEnd(response.headers), ...downstreamHeaders })
      .send(response);
  });
  upstream.on('upgrade', (response, other, otherHead) => {
    clearTimeout(impatient);
    reply.hijack();
    reply.raw.detachSocket(socket as Parameters<ServerResponse['detachSocket']>[0]);
    socket.write(switchingProtocols(response, taken));
    join(socket, other, head, otherHead);
    end.upgraded([socket, other]);
  });
  upstream.end();
}

function ask({ raw, method }: FastifyRequest, { url, headers }: TakenRequest): ClientRequest {
  const send = url.origin.startsWith('https:') ? httpsRequest : httpRequest;
  const upgrade = raw.headers.upgrade ?? '';
  return send(url.origin, {
    method,
    path: targetOf(url),
    agent: false,
    headers: { ...headers, host: url.host, connection: 'Upgrade', upgrade },
  });
}

function switchingProtocols(response: IncomingMessage, { verdict }: TakenRequest): string {
  const cookie = verdict.setCookie === undefined ? [] : [verdict.setCookie];
  const headers = {
    ...endToEnd(response.headersDistinct),
    'set-cookie': [...(response.headersDistinct['set-cookie'] ?? []), ...cookie],
    ...Object.fromEntries(Object.entries(verdict.downstreamHeaders).map(([name, value]) => [name, [value]])),
    connection: ['Upgrade'],
    upgrade: response.headersDistinct.upgrade,
  };
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    (values ?? []).map((value) => `${name}: ${value}\r\n`),
  );
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`;
}

function join(left: Duplex, right: Duplex, leftHead: Buffer, rightHead: Buffer): void {
  if (leftHead.length > 0) right.write(leftHead);
  if (rightHead.length > 0) left.write(rightHead);
  left.pipe(right).pipe(left);
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    one.on('error', () => other.destroy());
    one.once('close', () => other.destroy());
  }
}
