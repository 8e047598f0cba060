import { type AuditFilter, type AuditRepository } from '../../audit/audit.repository.js';

const PAGE = 500;

/** Every entry that the filter lets pass, newest first, a line each; read as it is taken. */
export async function* auditLines(repository: AuditRepository, filter: AuditFilter): AsyncGenerator<string> {
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const documents = await repository.find(filter, before, PAGE);
    if (documents.length > 0) yield `${documents.join('\n')}\n`;
    const last = documents.at(-1);
    if (last === undefined || documents.length < PAGE) return;
    before = (JSON.parse(last) as { sequence: number }).sequence;
  }
}
