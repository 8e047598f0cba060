import { Inject, Injectable } from '@nestjs/common';
import { ClientRepository } from '../../clients/client.repository.js';
import { gatewayConfig, type GatewaySettings } from '../../config/gateway.config.js';
import { type SqlSession } from '../../database/sql-session.js';
import { ProblemError, type Violation } from '../../http/problem.js';
import { type WholeRoute } from './stored-route.js';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const ANY = ['0.0.0.0', '::', '[::]'];
/** Methods for which the gateway asks the issuer as its own client. */
const ASKING = ['refresh_token', 'password', 'session'];

/** What is sound of a route as a whole, each of its fields being so. */
@Injectable()
export class RouteRules {
  constructor(
    private readonly clients: ClientRepository,
    @Inject(gatewayConfig.KEY) private readonly gateway: GatewaySettings,
  ) {}

  /**
   * @param secret the one that was given now, or whether there is one from before
   * @throws ProblemError 422 with every violation
   */
  async requireSound(session: SqlSession, route: WholeRoute, secret: string | boolean): Promise<void> {
    const errors = [
      ...clientViolations(route, secret),
      ...headerViolations(route),
      ...this.loopViolations(route),
      ...(await this.strangerViolations(session, route)),
    ];
    if (errors.length > 0) throw ProblemError.validation(errors);
  }

  /** A gateway in front of itself; one that is reached by another name is found out by the request that comes back. */
  private loopViolations({ upstream_url }: WholeRoute): Violation[] {
    const { hostname, port, protocol } = new URL(upstream_url);
    const { port: ownPort, host: ownHost } = this.gateway;
    const isOwnPort = ownPort !== '' && Number(port || { 'http:': 80, 'https:': 443 }[protocol]) === ownPort;
    if (!isOwnPort || !isReachedBy(hostname, ownHost)) return [];
    return [{ pointer: '#/upstream_url', detail: 'is the gateway itself' }];
  }

  private async strangerViolations(session: SqlSession, { config }: WholeRoute): Promise<Violation[]> {
    if (config.issuer !== null || config.client_id === null) return [];
    if (await this.clients.exists(session, config.client_id)) return [];
    return [{ pointer: '#/config/client_id', detail: 'is no client of this server' }];
  }
}

function clientViolations({ config }: WholeRoute, secret: string | boolean): Violation[] {
  const { auth_methods: methods, client_auth: auth, client_id: id } = config;
  if (id === null) {
    const asking = methods.filter((method) => ASKING.includes(method)).join(' and ');
    return asking === '' ? [] : [{ pointer: '#/config/client_id', detail: `is needed for ${asking}` }];
  }
  if (auth !== 'none' && secret === false)
    return [{ pointer: '#/config/client_secret', detail: `is needed for client_auth ${auth}` }];
  if (auth !== 'private_key_jwt') return [];
  if (config.issuer === null) {
    const detail = 'must be basic, post or none at this server, which is asked in its own process';
    return [{ pointer: '#/config/client_auth', detail }];
  }
  if (typeof secret !== 'string' || isPrivateJwk(secret)) return [];
  return [{ pointer: '#/config/client_secret', detail: 'must be a private key as a JWK' }];
}

function headerViolations({ config }: WholeRoute): Violation[] {
  return (['upstream', 'downstream'] as const).flatMap((side) => {
    const [access, refresh] = [config[`${side}_access_token_header`], config[`${side}_refresh_token_header`]];
    if (access === null || refresh === null || headerOf(access) !== headerOf(refresh)) return [];
    const detail = 'must be another header than that of the access token';
    return [{ pointer: `#/config/${side}_refresh_token_header`, detail }];
  });
}

function headerOf(text: string): string {
  return text.toLowerCase().replace(/:.*$/, '').replaceAll('_', '-');
}

function isReachedBy(hostname: string, ownHost: string): boolean {
  if (hostname === ownHost || hostname === `[${ownHost}]`) return true;
  return (ANY.includes(ownHost) || LOOPBACK.includes(ownHost)) && [...LOOPBACK, ...ANY].includes(hostname);
}

function isPrivateJwk(text: string): boolean {
  try {
    const jwk: unknown = JSON.parse(text);
    return typeof jwk === 'object' && jwk !== null && 'kty' in jwk && 'd' in jwk;
  } catch {
    return false;
  }
}
