import { Injectable } from '@nestjs/common';
import { AuditLog } from '../../audit/audit-log.js';
import { type ImportOptions, UserImport } from '../../users/import/user-import.js';
import { type Caller } from '../http/caller.js';
import { type ImportSummaryDocument, type LineProblemDocument } from './user.documents.js';
import { violationOf } from './user-rules.js';

/** Problems that an answer tells of: a file of the wrong kind has one on every line. */
const MOST_PROBLEMS = 100;

/** Imports users, with an audit entry in each transaction. */
@Injectable()
export class UserImports {
  constructor(
    private readonly users: UserImport,
    private readonly log: AuditLog,
  ) {}

  async run(
    { actor, requestId }: Caller,
    lines: AsyncIterable<Uint8Array>,
    onConflict: ImportOptions['onConflict'] = 'fail-line',
  ): Promise<ImportSummaryDocument> {
    const problems: LineProblemDocument[] = [];
    let leftOut = 0;
    const summary = await this.users.run(lines, {
      onConflict,
      onProblem: ({ line, ...problem }) => {
        if (problems.length < MOST_PROBLEMS) problems.push({ line, ...violationOf(problem) });
        else leftOut += 1;
      },
      onCreated: (transaction, created) => {
        const details = { created: created.length, user_ids: created.map(({ id }) => id) };
        this.log.append(transaction, { actor, requestId, action: 'users.imported', details });
      },
    });
    return { ...summary, problems: problems.sort(byLine), problems_left_out: leftOut };
  }
}

function byLine(one: LineProblemDocument, other: LineProblemDocument): number {
  return one.line - other.line;
}
