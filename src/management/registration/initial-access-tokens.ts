import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { type SqlSession } from '../../database/sql-session.js';
import { ProblemError } from '../../http/problem.js';
import {
  type InitialAccessToken,
  InitialAccessTokenRepository,
} from '../../registration/initial-access-tokens/initial-access-token.repository.js';
import { InitialAccessTokenService } from '../../registration/initial-access-tokens/initial-access-token.service.js';
import { isReservedScope } from '../../registration/reserved-scopes.js';
import { ScopeSet } from '../../common/scope-set.js';
import { type Caller } from '../http/caller.js';
import { Idempotency, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementWrites } from '../http/management-writes.js';
import { decodeCursor, type Page, toPage } from '../http/page.js';
import {
  type CreatedInitialAccessTokenDocument,
  type InitialAccessTokenDocument,
  type NewInitialAccessTokenDocument,
} from './initial-access-token.documents.js';

const DEFAULT_LIFETIME = 86_400;
const DEFAULT_LIMIT = 50;

/** Makes, lists and revokes the tokens that let clients register themselves. */
@Injectable()
export class InitialAccessTokens {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly idempotency: Idempotency,
    private readonly service: InitialAccessTokenService,
    private readonly repository: InitialAccessTokenRepository,
  ) {}

  /** @throws ProblemError 422 */
  create(
    caller: Caller,
    request: RepeatableRequest,
    { expires_in = DEFAULT_LIFETIME, max_registrations = 1, scopes = [] }: NewInitialAccessTokenDocument,
  ): Promise<CreatedInitialAccessTokenDocument> {
    requireGivable(scopes);
    const settings = { lifetime: expires_in, maxRegistrations: max_registrations, scopes };
    return this.writes.run(caller, (write) =>
      this.idempotency.once(write.transaction, caller, request, async () => {
        const { stored, token } = await this.service.create(settings, write.transaction);
        const after = documentOf(stored);
        write.audit({ action: 'initial_access_token.created', target: targetOf(stored.id), after });
        return Object.assign({ initial_access_token: token }, after);
      }),
    );
  }

  /** @throws ProblemError 404 */
  async find(id: string, session?: SqlSession): Promise<InitialAccessTokenDocument> {
    const stored = await this.repository.findById(id, session);
    if (!stored) throw ProblemError.notFound('initial access token');
    return documentOf(stored);
  }

  /** @throws ProblemError 422 for a cursor that is none */
  async list(cursor: string | undefined, limit = DEFAULT_LIMIT): Promise<Page<InitialAccessTokenDocument>> {
    const before = decodeCursor(cursor);
    if (before !== undefined && !isUuid(before))
      throw ProblemError.validation([{ pointer: 'cursor', detail: 'is not one that a page gave' }]);
    return toPage(await this.repository.list(before, limit + 1), limit, ({ id }) => id, documentOf);
  }

  /** Clients that were registered with it stay. @throws ProblemError 404 */
  revoke(caller: Caller, id: string): Promise<InitialAccessTokenDocument> {
    return this.writes.run(caller, async (write) => {
      const before = await this.find(id, write.transaction);
      const isNew = await this.service.revoke(id, write.transaction);
      const after = await this.find(id, write.transaction);
      if (isNew) write.audit({ action: 'initial_access_token.revoked', target: targetOf(id), before, after });
      return after;
    });
  }
}

/** Who may make clients does not thereby get to give power over the server away. */
function requireGivable(scopes: readonly string[]): void {
  const errors = scopes.flatMap((scope, index) => {
    const pointer = `#/scopes/${index}`;
    if (!ScopeSet.isScopeToken(scope)) return [{ pointer, detail: 'is malformed' }];
    return isReservedScope(scope) ? [{ pointer, detail: 'is one that only an admin may give a client' }] : [];
  });
  if (errors.length > 0) throw ProblemError.validation(errors);
}

function targetOf(id: string) {
  return { type: 'initial_access_token', id };
}

/** Never the token, nor what is kept of it. */
function documentOf(stored: InitialAccessToken): InitialAccessTokenDocument {
  const { id, scopes, maxRegistrations, registrations, isUsable, createdAt, expiresAt, revokedAt } = stored;
  return {
    id,
    scopes: [...scopes],
    max_registrations: maxRegistrations,
    registrations,
    usable: isUsable,
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    ...(revokedAt && { revoked_at: revokedAt.toISOString() }),
  };
}
