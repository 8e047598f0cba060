import { Module } from '@nestjs/common';
import { ClientSecretSeal } from './client-secret-seal.js';
import { GatewayRouteRepository } from './gateway-route.repository.js';
import { RouteDirectory } from './route-directory.js';

/** Which requests the gateway takes, and what it does with them. */
@Module({
  providers: [ClientSecretSeal, GatewayRouteRepository, RouteDirectory],
  exports: [ClientSecretSeal, GatewayRouteRepository, RouteDirectory],
})
export class GatewayRoutesModule {}
