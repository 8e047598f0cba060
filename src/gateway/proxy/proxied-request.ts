import { type FastifyRequest } from 'fastify';
import { type IncomingMessage } from 'node:http';
import { GatewayError } from '../authenticator/gateway-error.js';
import { type GatewayRequest } from '../authenticator/gateway-request.js';

/** A request to the proxy, as the gateway looks at it. */
export function gatewayRequest(request: FastifyRequest): GatewayRequest {
  const { id, method, url: target, protocol, ip: address, raw } = request;
  const headers = raw.headersDistinct;
  return { id, method, target, protocol, address, headers, readBody: (limit) => readBody(raw, limit) };
}

/** Whether there is a body (RFC 9112 §6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

async function readBody(raw: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(raw.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The rest is not read, so the connection is of no more use. */
function tooLarge(limit: number): GatewayError {
  const message = `a body that is to hold the refresh token may have ${limit} bytes`;
  return GatewayError.of('body_too_large', message, { headers: { connection: 'close' } });
}
