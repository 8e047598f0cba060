import { Injectable } from '@nestjs/common';
import { ProblemError, type Violation } from '../../http/problem.js';
import { KeyRevocationService } from '../../revocation/keys/key-revocation.service.js';
import { type KeyOrder, TokenKeyManager } from '../../tokens/keys/token-key.manager.js';
import { type Caller } from '../http/caller.js';
import { requireMatch } from '../http/etag.js';
import { Idempotency, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementWrites, type Write } from '../http/management-writes.js';
import { type KeyDocument, type NewKeyDocument } from './key.documents.js';
import { keyDocument, revokedKeyDocument } from './key-reads.js';

/** Makes, retires, deletes and revokes keys, each with its audit entry. */
@Injectable()
export class KeyWrites {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly idempotency: Idempotency,
    private readonly keys: TokenKeyManager,
    private readonly revocation: KeyRevocationService,
  ) {}

  /** @throws ProblemError 422, and OAuthError 409 when there are too many */
  create(caller: Caller, request: RepeatableRequest, wanted: NewKeyDocument): Promise<KeyDocument> {
    return this.writes.run(caller, (write) =>
      this.idempotency.once(write.transaction, caller, request, async () => {
        const order = this.orderOf(wanted);
        const key = keyDocument(await this.keys.create(order, write.transaction));
        write.audit({ action: 'key.created', target: targetOf(key.kid), after: key });
        return key;
      }),
    );
  }

  /** @throws ProblemError 404, and OAuthError 409 when no other key can take over */
  retire(caller: Caller, kid: string): Promise<KeyDocument> {
    return this.writes.run(caller, async (write) => {
      const before = await this.find(write, kid);
      const retired = await this.keys.retire(kid, write.transaction);
      if (!retired) throw ProblemError.notFound('key');
      const after = keyDocument(retired);
      if (before.state !== after.state)
        write.audit({ action: 'key.retired', target: targetOf(kid), before, after });
      return after;
    });
  }

  /** @throws ProblemError 404, 412, and OAuthError 409 when it may have signed */
  delete(caller: Caller, kid: string, ifMatch: string): Promise<void> {
    return this.writes.run(caller, async (write) => {
      const before = await this.find(write, kid);
      requireMatch(ifMatch, before);
      await this.keys.cancel(kid, write.transaction);
      write.audit({ action: 'key.deleted', target: targetOf(kid), before });
    });
  }

  /** Again is no harm, and nothing new. @throws ProblemError 404 */
  revoke(caller: Caller, kid: string, reason: string): Promise<KeyDocument> {
    return this.writes.run(caller, async (write) => {
      const before = await this.keys.find(kid, write.transaction);
      const revoked = await this.revocation.revoke(kid, reason, write.transaction);
      if (!revoked) throw ProblemError.notFound('key');
      const after = revokedKeyDocument(revoked);
      if (before) {
        const target = targetOf(kid);
        write.audit({ action: 'key.revoked', target, reason, before: keyDocument(before), after });
      }
      return after;
    });
  }

  /** Nobody else changes it before the transaction ends. */
  private async find({ transaction }: Write, kid: string): Promise<KeyDocument> {
    const key = await this.keys.find(kid, transaction);
    if (!key) throw ProblemError.notFound('key');
    return keyDocument(key);
  }

  /** @throws ProblemError 422 */
  private orderOf({ algorithm, active_from: from, immediately }: NewKeyDocument): KeyOrder {
    const { algorithms, earliestActivation: earliest } = this.keys;
    const errors: Violation[] = [];
    if (!algorithms.includes(algorithm))
      errors.push({ pointer: '#/algorithm', detail: `must be one of ${algorithms.join(', ')}` });
    if (immediately && from !== undefined)
      errors.push({ pointer: '#/immediately', detail: 'can not be together with active_from' });
    else if (from !== undefined && new Date(from) < earliest) {
      const detail = `must be ${earliest.toISOString()} or later, because caches of the JWKS lack it until then`;
      errors.push({ pointer: '#/active_from', detail });
    }
    if (errors.length > 0) throw ProblemError.validation(errors);
    const activeFrom = immediately ? 'now' : from === undefined ? undefined : new Date(from);
    return { algorithm, activeFrom };
  }
}

function targetOf(kid: string) {
  return { type: 'key', id: kid };
}
