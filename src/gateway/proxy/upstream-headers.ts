import { type FastifyRequest } from 'fastify';
import { type GatewayHeaders } from '../authenticator/gateway-request.js';
import { isHopByHop, namesIn } from './hop-by-hop.js';

/** Headers as a call takes them: a single line as such, since the length of a body is not taken from a list. */
export type UpstreamHeaders = Record<string, string | string[]>;

/** What others may have said of where a request comes from: only proxies of ours are believed. */
const SAID_BEFORE =
  /^(?:forwarded|via|x-real-ip|x-forwarded-(?:for|proto|host|port|prefix|path|scheme|ssl|server))$/;

/**
 * The headers of a request as the upstream gets them: those that are not of the connection, and what the upstream is to
 * know of the request's way.
 *
 * @param ours headers of the gateway's own, which no `Connection` of the client can name away
 */
export function upstreamHeaders(
  headers: GatewayHeaders,
  ours: Readonly<Record<string, string>>,
  request: FastifyRequest,
  via: string,
): UpstreamHeaders {
  const sent: UpstreamHeaders = {};
  const named = namesIn(headers.connection);
  for (const name of Object.keys(headers)) {
    const [line, ...others] = headers[name] ?? [];
    if (line === undefined || isHopByHop(name, named) || SAID_BEFORE.test(name.replaceAll('_', '-')))
      continue;
    sent[name] = others.length === 0 ? line : [line, ...others];
  }
  for (const name of Object.keys(ours)) sent[name.toLowerCase()] = ours[name] ?? '';
  const { protocol, host, ips, ip } = request;
  sent['x-forwarded-for'] = ips ? [...ips].reverse().join(', ') : ip;
  sent['x-forwarded-proto'] = protocol;
  sent['x-forwarded-host'] = host;
  sent['x-forwarded-port'] = portOf(protocol, host);
  sent['x-request-id'] = request.id;
  sent.via = headers.via ? [...headers.via, via] : via;
  return sent;
}

function portOf(protocol: string, host: string): string {
  const [, port] = /:(\d+)$/.exec(host) ?? [];
  return port ?? (protocol === 'https' ? '443' : '80');
}
