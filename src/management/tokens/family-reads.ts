import { Injectable } from '@nestjs/common';
import { type AuditDocument } from '../../audit/audit-entry.js';
import { type AuditFilter, AuditRepository } from '../../audit/audit.repository.js';
import { ProblemError } from '../../http/problem.js';
import { RevocationHistoryRepository } from '../../revocation/revocation-history.repository.js';
import { FamilyListing } from '../../tokens/families/family-listing.js';
import { type ListedFamily } from '../../tokens/families/listed-family.js';
import { type Caller } from '../http/caller.js';
import { encodeCursor, type Page } from '../http/page.js';
import { uuidCursor } from './uuid-cursor.js';
import { EVERYBODY } from './revocation-order.js';
import { type FamilyDocument, type FamilyQuery, type FamilyStoryDocument } from './family.documents.js';
import { familyDocument, pastRevocationDocument } from './family-document.js';

const DEFAULT_LIMIT = 50;
const AUDIT_LIMIT = 50;

/** Shows token families. */
@Injectable()
export class FamilyReads {
  constructor(
    private readonly listing: FamilyListing,
    private readonly history: RevocationHistoryRepository,
    private readonly audit: AuditRepository,
  ) {}

  /** @throws ProblemError 422 for a cursor that is none */
  async list({ limit = DEFAULT_LIMIT, cursor, ...query }: FamilyQuery): Promise<Page<FamilyDocument>> {
    const filter = {
      userId: query.user_id,
      clientId: query.client_id,
      status: query.status,
      issuedAfter: dateOf(query.issued_after),
      issuedBefore: dateOf(query.issued_before),
    };
    const { families, next } = await this.listing.list(filter, limit, uuidCursor(cursor));
    return {
      items: families.map(familyDocument),
      ...(next !== undefined && { next_cursor: encodeCursor(next) }),
    };
  }

  /** @throws ProblemError 404 */
  async tell(caller: Caller, id: string): Promise<FamilyStoryDocument> {
    const family = await this.listing.findById(id);
    if (!family) throw ProblemError.notFound('token family');
    const { user_id: userId, client_id: clientId, issued_at: issuedAt } = family;
    const revocations = await this.history.findHits({ familyId: id, userId, clientId, issuedAt });
    const replay = revocations.find(({ reason }) => reason === 'replay');
    return Object.assign(familyDocument(family), {
      replayed_at: replay?.occurred_at.toISOString(),
      revocations: revocations.map(pastRevocationDocument),
      ...(caller.scopes.has('audit:read') && { audit_entries: await this.auditEntries(family) }),
    });
  }

  private async auditEntries({ id, user_id, client_id, issued_at: after }: ListedFamily): Promise<object[]> {
    const filters: AuditFilter[] = [
      { targetType: 'token_family', target: id },
      { targetType: 'user', target: user_id, after },
      { targetType: 'client', target: client_id, after },
      { targetType: EVERYBODY.type, target: EVERYBODY.id, after },
    ];
    const found = await Promise.all(
      filters.map((filter) => this.audit.find(filter, Number.MAX_SAFE_INTEGER, AUDIT_LIMIT)),
    );
    return found
      .flat()
      .map((document) => JSON.parse(document) as AuditDocument)
      .sort((left, right) => right.sequence - left.sequence);
  }
}

function dateOf(time: string | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
