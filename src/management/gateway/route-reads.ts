import { Inject, Injectable } from '@nestjs/common';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import {
  GatewayRouteRepository,
  type RouteFilter,
  type StoredRoute,
} from '../../gateway/routes/gateway-route.repository.js';
import { ProblemError } from '../../http/problem.js';
import { decodeUuidCursor, type Page, toPage } from '../http/page.js';
import { type StoredGatewayRouteDocument } from './route.documents.js';
import { storedRoute } from './stored-route.js';

const DEFAULT_LIMIT = 50;

/** Shows the routes of the gateway. */
@Injectable()
export class RouteReads {
  constructor(
    private readonly routes: GatewayRouteRepository,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  show(route: StoredRoute): StoredGatewayRouteDocument {
    return storedRoute(route, this.http.issuerUrl);
  }

  /** @throws ProblemError 404 */
  async find(id: string): Promise<StoredGatewayRouteDocument> {
    const route = await this.routes.findById(id);
    if (!route) throw ProblemError.notFound('route');
    return this.show(route);
  }

  /** @throws ProblemError 422 for a cursor that is none */
  async list(
    filter: RouteFilter,
    cursor: string | undefined,
    limit = DEFAULT_LIMIT,
  ): Promise<Page<StoredGatewayRouteDocument>> {
    const rows = await this.routes.list(filter, decodeUuidCursor(cursor), limit + 1);
    return toPage(
      rows,
      limit,
      ({ id }) => id,
      (route) => this.show(route),
    );
  }
}
