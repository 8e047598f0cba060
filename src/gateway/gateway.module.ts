import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { IntrospectionModule } from '../introspection/introspection.module.js';
import { GatewayAuthenticator } from './authenticator/gateway-authenticator.js';
import { SuccessorRepository } from './flights/successor.repository.js';
import { Successors } from './flights/successors.js';
import { TokenFlights } from './flights/token-flights.js';
import { ForwardAuth } from './forward-auth/forward-auth.js';
import { GatewayListener } from './gateway-listener.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { IssuerDirectory } from './issuers/issuer-directory.js';
import { GatewayErrors } from './proxy/gateway-errors.js';
import { GatewayProxy } from './proxy/gateway-proxy.js';
import { Pseudonym } from './proxy/pseudonym.js';
import { GatewayRoutesModule } from './routes/gateway-routes.module.js';
import { SessionCookies } from './session/session-cookies.js';

/** The refresh-token gateway: requests come with a credential and go on with an access token. */
@Module({
  imports: [ClientsModule, GrantsModule, IntrospectionModule, GatewayRoutesModule],
  providers: [
    GatewayMetrics,
    IssuerDirectory,
    SuccessorRepository,
    Successors,
    TokenFlights,
    SessionCookies,
    GatewayAuthenticator,
    Pseudonym,
    GatewayProxy,
    ForwardAuth,
    GatewayErrors,
    GatewayListener,
  ],
  exports: [GatewayAuthenticator],
})
export class GatewayModule {}
