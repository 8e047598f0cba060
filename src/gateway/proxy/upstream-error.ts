import { GatewayError } from '../authenticator/gateway-error.js';

const SLOW = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);

/** What it means that an upstream could not be asked. */
export function upstreamError(error: unknown): GatewayError {
  const { cause = error } = error as { readonly cause?: unknown };
  const { code } = cause as { readonly code?: unknown };
  const options = { cause, detail: typeof code === 'string' ? code : undefined };
  return typeof code === 'string' && SLOW.has(code)
    ? GatewayError.of('upstream_slow', 'the upstream did not answer in time', options)
    : GatewayError.of('upstream_down', 'the upstream does not answer', options);
}
