import { Injectable } from '@nestjs/common';
import { type AuditDocument } from '../../audit/audit-entry.js';
import { type AuditFilter, AuditRepository } from '../../audit/audit.repository.js';
import { decodeNumericCursor, type Page, toPage } from '../http/page.js';
import { auditLines } from './audit-export.js';

const DEFAULT_LIMIT = 50;

/** Shows the audit log, newest entries first. */
@Injectable()
export class AuditReads {
  constructor(private readonly repository: AuditRepository) {}

  /** @throws ProblemError 422 for a cursor that is none */
  async list(
    filter: AuditFilter,
    cursor: string | undefined,
    limit = DEFAULT_LIMIT,
  ): Promise<Page<AuditDocument>> {
    const before = decodeNumericCursor(cursor) ?? Number.MAX_SAFE_INTEGER;
    const documents = await this.repository.find(filter, before, limit + 1);
    const entries = documents.map((document) => JSON.parse(document) as AuditDocument);
    return toPage(
      entries,
      limit,
      ({ sequence }) => String(sequence),
      (entry) => entry,
    );
  }

  /** Every entry that the filter lets pass, a line of JSON each; some lines at a time. */
  lines(filter: AuditFilter): AsyncIterable<string> {
    return auditLines(this.repository, filter);
  }
}
