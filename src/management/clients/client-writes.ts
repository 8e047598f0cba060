import { Injectable } from '@nestjs/common';
import { type ClientEntity } from '../../clients/client.entity.js';
import { changeOf, metadataOf, registrationOf } from '../../clients/client-metadata.js';
import { usesSecret } from '../../clients/client-registration.js';
import { ClientRepository } from '../../clients/client.repository.js';
import { ClientSecrets } from '../../clients/client-secrets.js';
import { ClientService } from '../../clients/client.service.js';
import { RandomSource } from '../../common/random-source.js';
import { type Transaction } from '../../database/sql-session.js';
import { ProblemError } from '../../http/problem.js';
import { ClientLifecycleService } from '../../revocation/client-lifecycle.service.js';
import { mergePatch } from '../http/body.js';
import { type Caller } from '../http/caller.js';
import { parseDocument } from '../http/document.pipe.js';
import { requireMatch } from '../http/etag.js';
import { Idempotency, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementWrites, type Write } from '../http/management-writes.js';
import { requireWithinReach } from '../http/reach.js';
import {
  ClientDocument,
  type NewClientDocument,
  type RegisteredClientDocument,
  type RotatedSecretDocument,
  type StoredClientDocument,
} from './client.documents.js';
import { ClientReads } from './client-reads.js';
import { ClientRules, soundly } from './client-rules.js';
import { secretsOf } from './stored-client.js';

/** Seconds that a secret works on beside its successor, unless the request says otherwise. */
const DEFAULT_OVERLAP = 86_400;

type Change = (write: Write, before: ClientEntity) => Promise<unknown>;

/** Registers, changes and deletes clients, each with its audit entry. */
@Injectable()
export class ClientWrites {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly idempotency: Idempotency,
    private readonly reads: ClientReads,
    private readonly rules: ClientRules,
    private readonly repository: ClientRepository,
    private readonly clients: ClientService,
    private readonly lifecycle: ClientLifecycleService,
    private readonly secrets: ClientSecrets,
    private readonly random: RandomSource,
  ) {}

  /** @throws ProblemError 403, 409 where the id is taken, 422 */
  create(
    caller: Caller,
    request: RepeatableRequest,
    { client_id: id = this.random.uuid(), client_secret: given, ...metadata }: NewClientDocument,
  ): Promise<RegisteredClientDocument> {
    this.rules.requireSupported(metadata);
    const registration = registrationOf(id, metadata);
    requireWithinReach(caller, 'the client', registration.scopes ?? []);
    const secret = usesSecret(registration) ? (given ?? this.secrets.generate()) : undefined;
    if (given !== undefined && secret === undefined) {
      throw ProblemError.validation([{ pointer: '#/client_secret', detail: 'it authenticates without one' }]);
    }
    return this.writes.run(caller, (write) =>
      this.idempotency.once(write.transaction, caller, request, async () => {
        const isNew = await soundly(() => this.clients.register(registration, secret, write.transaction));
        if (!isNew) throw ProblemError.conflict(`there is a client ${id} already`);
        const client = this.reads.show(await this.lock(write.transaction, id));
        write.audit({ action: 'client.created', target: { type: 'client', id }, after: audited(client) });
        return secret === undefined
          ? client
          : Object.assign(client, { client_secret: secret, client_secret_expires_at: 0 });
      }),
    );
  }

  /** @throws ProblemError 403, 404, 412, 422 */
  replace(
    caller: Caller,
    id: string,
    ifMatch: string,
    metadata: ClientDocument,
  ): Promise<StoredClientDocument> {
    return this.change(caller, id, 'client.changed', ifMatch, (write, before) =>
      this.apply(caller, write, before, metadata),
    );
  }

  /** @throws ProblemError 403, 404, 412, 422 */
  patch(caller: Caller, id: string, ifMatch: string, patch: object): Promise<StoredClientDocument> {
    return this.change(caller, id, 'client.changed', ifMatch, (write, before) => {
      const metadata = mergePatch(metadataOf(before), patch) as object;
      return this.apply(caller, write, before, parseDocument(ClientDocument, metadata));
    });
  }

  /** @throws ProblemError 403, 404 */
  disable(caller: Caller, id: string): Promise<StoredClientDocument> {
    return this.change(caller, id, 'client.disabled', '*', ({ transaction }) =>
      this.lifecycle.disable(id, 'admin', transaction),
    );
  }

  /** @throws ProblemError 403, 404 */
  enable(caller: Caller, id: string): Promise<StoredClientDocument> {
    return this.change(caller, id, 'client.enabled', '*', ({ transaction }) =>
      this.lifecycle.enable(id, transaction),
    );
  }

  /** @throws ProblemError 403, 404, 412 */
  delete(caller: Caller, id: string, ifMatch: string): Promise<void> {
    return this.writes.run(caller, async (write) => {
      const before = this.reads.show(await this.lockFor(caller, write.transaction, id));
      requireMatch(ifMatch, before);
      await this.lifecycle.delete(id, 'admin', write.transaction);
      write.audit({ action: 'client.deleted', target: { type: 'client', id }, before: audited(before) });
    });
  }

  /** @throws ProblemError 403, 404, 409 for a client that authenticates without a secret */
  rotateSecret(
    caller: Caller,
    request: RepeatableRequest,
    id: string,
    overlap = DEFAULT_OVERLAP,
  ): Promise<RotatedSecretDocument> {
    return this.writes.run(caller, (write) =>
      this.idempotency.once(write.transaction, caller, request, async () => {
        const { transaction } = write;
        const client = await this.lockFor(caller, transaction, id);
        if (!usesSecret(client)) throw ProblemError.conflict('the client authenticates without a secret');
        const secret = await this.clients.rotateSecret(id, overlap, transaction);
        const secrets = secretsOf(await this.lock(transaction, id));
        const target = { type: 'client', id };
        write.audit({
          action: 'client.secret_rotated',
          target,
          after: { secrets, overlap_seconds: overlap },
        });
        return { client_id: id, client_secret: secret, client_secret_expires_at: 0, secrets };
      }),
    );
  }

  /** @throws ProblemError 403, 404 */
  removeSecret(caller: Caller, id: string, secretId: string): Promise<void> {
    return this.writes.run(caller, async (write) => {
      await this.lockFor(caller, write.transaction, id);
      const wasThere = await this.clients.removeSecret(id, secretId, write.transaction);
      if (!wasThere) throw ProblemError.notFound('secret');
      const target = { type: 'client', id };
      write.audit({ action: 'client.secret_removed', target, before: { secret_id: secretId } });
    });
  }

  private async apply(
    caller: Caller,
    { transaction }: Write,
    before: ClientEntity,
    metadata: ClientDocument,
  ) {
    this.rules.requireSupported(metadata);
    const change = changeOf(before, metadata);
    requireWithinReach(caller, 'the client', change.scopes ?? []);
    await soundly(() => this.clients.change(before.id, change, transaction));
  }

  private change(
    caller: Caller,
    id: string,
    action: string,
    ifMatch: string,
    change: Change,
  ): Promise<StoredClientDocument> {
    return this.writes.run(caller, async (write) => {
      const client = await this.lockFor(caller, write.transaction, id);
      const before = this.reads.show(client);
      requireMatch(ifMatch, before);
      await change(write, client);
      const after = this.reads.show(await this.lock(write.transaction, id));
      write.audit({ action, target: { type: 'client', id }, before: audited(before), after: audited(after) });
      return after;
    });
  }

  private async lockFor(caller: Caller, transaction: Transaction, id: string): Promise<ClientEntity> {
    const client = await this.lock(transaction, id);
    requireWithinReach(caller, 'the client', client.scopes);
    return client;
  }

  private async lock(transaction: Transaction, id: string): Promise<ClientEntity> {
    const client = await this.repository.lockById(transaction, id);
    if (!client) throw ProblemError.notFound('client');
    return client;
  }
}

/** What the log keeps: what is stored, not what follows from it. */
function audited(client: StoredClientDocument): object {
  const { effective_token_policy: _derived, ...stored } = client;
  return stored;
}
