import { type INestApplicationContext } from '@nestjs/common';
import { type AuditFilter, AuditRepository } from '../../audit/audit.repository.js';
import { AuditVerifier } from '../../audit/audit-verifier.js';
import { Sweeper } from '../../database/sweeper.js';
import { AuditSearch } from '../../management/audit/audit.documents.js';
import { auditLines } from '../../management/audit/audit-export.js';
import { filterOf } from '../../management/audit/audit-search.js';
import { NewClientDocument, SecretRotationDocument } from '../../management/clients/client.documents.js';
import { ClientReads } from '../../management/clients/client-reads.js';
import { ClientWrites } from '../../management/clients/client-writes.js';
import { type Caller } from '../../management/http/caller.js';
import { parseDocument } from '../../management/http/document.pipe.js';
import { LimitField } from '../../management/http/fields.js';
import { type RepeatableRequest } from '../../management/http/idempotency.js';
import { ManagementWrites } from '../../management/http/management-writes.js';
import { operator } from './operator.js';

/** What every list takes. */
class PageQuery {
  @LimitField()
  limit?: number;
}

/** What commands call: the services that the management API calls, by an operator. */
export class Services {
  readonly caller: Caller = operator();
  /** A command is done once: it has no key by which it could be known again. */
  readonly request: RepeatableRequest = { content: '' };

  constructor(private readonly app: INestApplicationContext) {}

  get clientReads(): ClientReads {
    return this.app.get(ClientReads);
  }

  get clientWrites(): ClientWrites {
    return this.app.get(ClientWrites);
  }

  get audit(): AuditRepository {
    return this.app.get(AuditRepository);
  }

  get auditVerifier(): AuditVerifier {
    return this.app.get(AuditVerifier);
  }

  get sweeper(): Sweeper {
    return this.app.get(Sweeper);
  }

  newClient(metadata: object): NewClientDocument {
    return parseDocument(NewClientDocument, metadata);
  }

  secretRotation(rotation: object): SecretRotationDocument {
    return parseDocument(SecretRotationDocument, rotation);
  }

  /** @throws ProblemError 422, as each of these does, where the management API would */
  auditFilter(search: object): AuditFilter {
    return filterOf(parseDocument(AuditSearch, search, ''));
  }

  auditLines(filter: AuditFilter): AsyncIterable<string> {
    return auditLines(this.audit, filter);
  }

  limit(limit: number | undefined): number | undefined {
    return parseDocument(PageQuery, { limit }, '--').limit;
  }

  get writes(): ManagementWrites {
    return this.app.get(ManagementWrites);
  }
}
