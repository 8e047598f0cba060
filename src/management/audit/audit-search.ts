import { type AuditFilter } from '../../audit/audit.repository.js';
import { type AuditSearch } from './audit.documents.js';

/** The search in the log's own terms. */
export function filterOf({ target_type, request_id, after, before, ...same }: AuditSearch): AuditFilter {
  return {
    ...same,
    targetType: target_type,
    requestId: request_id,
    after: after === undefined ? undefined : new Date(after),
    before: before === undefined ? undefined : new Date(before),
  };
}
