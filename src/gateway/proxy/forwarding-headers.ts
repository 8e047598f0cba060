import { type FastifyRequest } from 'fastify';
import { type GatewayHeaders } from '../authenticator/gateway-request.js';

/** What others may have said of where a request comes from: only proxies of ours are believed. */
const SAID_BEFORE =
  /^(?:forwarded|via|x-real-ip|x-forwarded-(?:for|proto|host|port|prefix|path|scheme|ssl|server))$/;

/** The headers of a request, with what the upstream is to know of its way. */
export function withForwarding(
  headers: GatewayHeaders,
  request: FastifyRequest,
  via: string,
): Record<string, readonly string[] | undefined> {
  const kept = Object.entries(headers).filter(([name]) => !SAID_BEFORE.test(name.replaceAll('_', '-')));
  const { protocol, host, ips, ip } = request;
  return {
    ...Object.fromEntries(kept),
    'x-forwarded-for': [[...(ips ?? [ip])].reverse().join(', ')],
    'x-forwarded-proto': [protocol],
    'x-forwarded-host': [host],
    'x-forwarded-port': [portOf(protocol, host)],
    'x-request-id': [request.id],
    via: [...(headers.via ?? []), via],
  };
}

function portOf(protocol: string, host: string): string {
  const [, port] = /:(\d+)$/.exec(host) ?? [];
  return port ?? (protocol === 'https' ? '443' : '80');
}
