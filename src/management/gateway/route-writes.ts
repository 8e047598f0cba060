import { Inject, Injectable } from '@nestjs/common';
import { RandomSource } from '../../common/random-source.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { type Transaction } from '../../database/sql-session.js';
import { ClientSecretSeal } from '../../gateway/routes/client-secret-seal.js';
import {
  GatewayRouteRepository,
  RouteNameTakenError,
  type SealedSecret,
  type StoredRoute,
} from '../../gateway/routes/gateway-route.repository.js';
import { ProblemError } from '../../http/problem.js';
import { type Caller } from '../http/caller.js';
import { parseDocument } from '../http/document.pipe.js';
import { requireMatch } from '../http/etag.js';
import { Idempotency, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementWrites } from '../http/management-writes.js';
import { patchedRoute } from './patched-route.js';
import { GatewayRouteDocument, type StoredGatewayRouteDocument } from './route.documents.js';
import { type RoutePatch } from './route-patch.js';
import { RouteReads } from './route-reads.js';
import { RouteRules } from './route-rules.js';
import { editable, routeRow, wholeRoute, type WholeRoute } from './stored-route.js';

/** Makes, changes and deletes the routes of the gateway, each with its audit entry. */
@Injectable()
export class RouteWrites {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly idempotency: Idempotency,
    private readonly reads: RouteReads,
    private readonly rules: RouteRules,
    private readonly routes: GatewayRouteRepository,
    private readonly seal: ClientSecretSeal,
    private readonly random: RandomSource,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** @throws ProblemError 409 where the name is taken, 422 */
  create(
    caller: Caller,
    request: RepeatableRequest,
    document: GatewayRouteDocument,
  ): Promise<StoredGatewayRouteDocument> {
    const route = wholeRoute(document, this.http.issuerUrl);
    const secret = document.config?.client_secret ?? null;
    return this.writes.run(caller, (write) =>
      this.idempotency.once(write.transaction, caller, request, async () => {
        await this.rules.requireSound(write.transaction, route, secret ?? false);
        const id = this.random.uuid();
        const row = routeRow(id, route, this.seal.seal(id, secret));
        const after = this.reads.show(await named(() => this.routes.insert(write.transaction, row)));
        write.audit({ action: 'gateway_route.created', target: targetOf(id), after });
        return after;
      }),
    );
  }

  /** A secret that is left out stays. @throws ProblemError 404, 409, 412, 422 */
  replace(caller: Caller, id: string, ifMatch: string, document: GatewayRouteDocument) {
    return this.change(caller, id, ifMatch, () => document);
  }

  /** @throws ProblemError 404, 409, 412, 422 */
  patch(caller: Caller, id: string, { ifMatch, patch }: RoutePatch): Promise<StoredGatewayRouteDocument> {
    return this.change(caller, id, ifMatch, (before) => {
      const patched = patchedRoute(editable(before, this.http.issuerUrl), patch);
      return parseDocument(GatewayRouteDocument, patched);
    });
  }

  /** @throws ProblemError 404, 412 */
  delete(caller: Caller, id: string, ifMatch: string): Promise<void> {
    return this.writes.run(caller, async (write) => {
      const before = this.reads.show(await this.lock(write.transaction, id));
      requireMatch(ifMatch, before);
      await this.routes.delete(write.transaction, id);
      write.audit({ action: 'gateway_route.deleted', target: targetOf(id), before });
    });
  }

  private change(
    caller: Caller,
    id: string,
    ifMatch: string,
    changed: (before: StoredRoute) => GatewayRouteDocument,
  ): Promise<StoredGatewayRouteDocument> {
    return this.writes.run(caller, async (write) => {
      const stored = await this.lock(write.transaction, id);
      const before = this.reads.show(stored);
      requireMatch(ifMatch, before);
      const document = changed(stored);
      const route = wholeRoute(document, this.http.issuerUrl);
      const given = document.config?.client_secret;
      const kept = given === undefined && before.has_client_secret;
      await this.rules.requireSound(write.transaction, route, given ?? kept);
      const secret = this.secretOf(stored, route, given);
      const row = routeRow(id, route, secret);
      const after = this.reads.show(await named(() => this.routes.update(write.transaction, row)));
      const audited = given === undefined ? after : Object.assign({ client_secret_changed: true }, after);
      write.audit({ action: 'gateway_route.changed', target: targetOf(id), before, after: audited });
      return after;
    });
  }

  /**
   * Who may change a route is not thereby shown its secret, nor by having it sent to an issuer of theirs.
   *
   * @throws ProblemError 422
   */
  private secretOf(
    { id, config, client_secret, client_secret_version }: StoredRoute,
    route: WholeRoute,
    given: string | null | undefined,
  ): SealedSecret {
    if (given !== undefined) return this.seal.seal(id, given);
    if (client_secret !== null && route.config.issuer !== config.issuer) {
      const detail = 'must be given again where the issuer changes';
      throw ProblemError.validation([{ pointer: '#/config/client_secret', detail }]);
    }
    return { client_secret, client_secret_version };
  }

  private async lock(transaction: Transaction, id: string): Promise<StoredRoute> {
    const route = await this.routes.lockById(transaction, id);
    if (!route) throw ProblemError.notFound('route');
    return route;
  }
}

function targetOf(id: string) {
  return { type: 'gateway_route', id };
}

async function named<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    throw error instanceof RouteNameTakenError ? ProblemError.conflict('the name is taken') : error;
  }
}
