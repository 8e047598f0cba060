import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type BlockList, isIP } from 'node:net';
import { addressesIn } from '../../config/address-ranges.js';
import { gatewayConfig, type GatewaySettings } from '../../config/gateway.config.js';
import { noteOutcome } from '../../http/request-log.js';
import { GatewayAuthenticator } from '../authenticator/gateway-authenticator.js';
import { GatewayError } from '../authenticator/gateway-error.js';
import { type GatewayRequest } from '../authenticator/gateway-request.js';
import { type Verdict } from '../authenticator/verdict.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import { type GatewayRoute } from '../routes/gateway-route.js';
import { RouteDirectory } from '../routes/route-directory.js';
import { changedHeaders } from './changed-headers.js';
import { originalRequest } from './original-request.js';

/**
 * Answers proxies that ask about requests (nginx `auth_request`, Traefik ForwardAuth, Caddy `forward_auth`, Envoy's
 * external authorization over HTTP): 200 with the headers that the request is to go on with, 401 with a challenge, 403,
 * or 503. Only proxies of `GATEWAY_FORWARD_AUTH_FROM` are answered: what they are told is not for clients.
 */
@Injectable()
export class ForwardAuth {
  private readonly proxies: BlockList;

  constructor(
    private readonly routes: RouteDirectory,
    private readonly authenticator: GatewayAuthenticator,
    private readonly metrics: GatewayMetrics,
    @Inject(gatewayConfig.KEY) { forwardAuthFrom }: GatewaySettings,
  ) {
    this.proxies = addressesIn(forwardAuthFrom);
  }

  /** Whether it is a question of a proxy that may ask. To everybody else the path is like any other. */
  isAsked({ url, socket }: FastifyRequest): boolean {
    if (!/^\/gateway\/auth(?:[/?]|$)/.test(url)) return false;
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/i, '');
    return isIP(address) !== 0 && this.proxies.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }

  /** @throws GatewayError for a request that is not to go on */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { route, seen, verdict } = await this.judge(request).catch((error: unknown) => {
      throw asTold(error);
    });
    this.metrics.requests.count('authorized');
    noteOutcome(request, { outcome: 'authorized' });
    const changed = changedHeaders(seen.headers, verdict.cleaned.headers, alwaysTold(route));
    const told = { ...verdict.downstreamHeaders, ...changed, ...verdict.upstreamHeaders };
    if (verdict.setCookie !== undefined) void reply.header('set-cookie', verdict.setCookie);
    void reply.headers({ ...told, 'cache-control': 'no-store' }).send();
  }

  private async judge({ raw, id, protocol, ip: address, method, url }: FastifyRequest): Promise<Judged> {
    const headers = raw.headersDistinct;
    const { host = '' } = raw.headers;
    const original = originalRequest({ headers, host, method, target: url });
    const route = this.routes.match(original.host, original.method, original.target);
    if (!route) throw GatewayError.of('no_route', 'no route takes this request');
    const seen = { id, method: original.method, target: original.target, headers, protocol, address };
    const verdict = await this.authenticator.authenticate(route, seen);
    return { route, seen, verdict };
  }
}

interface Judged {
  readonly route: GatewayRoute;
  readonly seen: GatewayRequest;
  readonly verdict: Verdict;
}

/** A proxy that copies the cookies would drop those that it is not told of. */
function alwaysTold({ config }: GatewayRoute): readonly string[] {
  return config.auth_methods.includes('session') ? ['cookie'] : [];
}

/** nginx passes 401 and 403 on and makes 500 of all else: what the client did wrong is one of the two. */
function asTold(error: unknown): unknown {
  const isForbidden = error instanceof GatewayError && [400, 404, 413].includes(error.status);
  return isForbidden ? GatewayError.of('forbidden', error.message, { detail: error.kind }) : error;
}
