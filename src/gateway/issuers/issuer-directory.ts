import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ClientAuthenticator } from '../../clients/authentication/client-authenticator.js';
import { Clock } from '../../common/clock.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { TokenEndpointService } from '../../grants/token-endpoint.service.js';
import { AccessTokenInspector } from '../../introspection/access-token-inspector.js';
import { GatewayMetrics } from '../gateway-metrics.js';
import { KeyRing } from '../../key-ring/key-ring.js';
import { type RouteConfig } from '../routes/gateway-route.js';
import { CountedIssuer } from './counted-issuer.js';
import { ForeignIssuer } from './foreign-issuer.js';
import { type Issuer } from './issuer.js';
import { OwnIssuer, type OwnServer } from './own-issuer.js';

const REMEMBERED = 1_000;

/** The issuers of routes. One that is like another's is the same, with what is known of it. */
@Injectable()
export class IssuerDirectory {
  private readonly own: OwnServer;
  private readonly foreign = new LRUCache<string, ForeignIssuer>({ max: REMEMBERED });
  /** By the route's configuration, which is another object when it changes. */
  private readonly byConfig = new WeakMap<RouteConfig, Issuer>();

  constructor(
    clients: ClientAuthenticator,
    endpoint: TokenEndpointService,
    inspector: AccessTokenInspector,
    keys: KeyRing,
    clock: Clock,
    private readonly metrics: GatewayMetrics,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {
    this.own = { clients, endpoint, inspector, keys, now: () => clock.now().getTime() };
  }

  of(config: RouteConfig): Issuer {
    const known = this.byConfig.get(config);
    if (known) return known;
    const asked =
      config.issuer === this.http.issuerUrl ? new OwnIssuer(this.own, config) : this.foreignOf(config);
    const issuer = new CountedIssuer(asked, this.metrics);
    this.byConfig.set(config, issuer);
    return issuer;
  }

  private foreignOf(config: RouteConfig): ForeignIssuer {
    const { issuer, client_id, client_secret, client_auth, scopes, audience, leeway, timeout } = config;
    const key = JSON.stringify([
      issuer,
      client_id,
      client_secret,
      client_auth,
      scopes,
      audience,
      leeway,
      timeout,
    ]);
    const known = this.foreign.get(key) ?? new ForeignIssuer(config);
    this.foreign.set(key, known);
    return known;
  }
}
