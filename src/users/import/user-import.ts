import { Injectable } from '@nestjs/common';
import { RandomSource } from '../../common/random-source.js';
import { Database } from '../../database/database.js';
import { type Transaction } from '../../database/sql-session.js';
import { type FieldProblem } from '../field-problem.js';
import { PasswordHasher } from '../password-hasher.js';
import { PasswordHashReader } from '../passwords/password-hash.reader.js';
import { type ImportedUser, readImportedUser, type Reading } from './imported-user.js';
import { MAX_LINE_BYTES, ndjsonLines, type NdjsonLine } from './ndjson-lines.js';
import { UserBatchRepository, type UserRow } from './user-batch.repository.js';

/** What was wrong with a line; `field` is empty for the line as a whole. */
export interface LineProblem extends FieldProblem {
  /** From 1. */
  readonly line: number;
}

export interface ImportOptions {
  /** What becomes of a line whose id or user name is taken: passed over, or counted as failed and told of. */
  readonly onConflict: 'skip' | 'fail-line';
  /** Called for each problem, in no order that counts. */
  readonly onProblem: (problem: LineProblem) => void;
  /** What else belongs into the transaction in which these users are created. */
  readonly onCreated?: (transaction: Transaction, users: readonly CreatedUser[]) => void;
}

export type CreatedUser = Pick<UserRow, 'id' | 'username'>;

/** Lines by what became of them. */
export interface ImportSummary {
  created: number;
  skipped: number;
  failed: number;
}

interface Member {
  readonly line: number;
  readonly user: ImportedUser;
}

const TOO_LONG: Reading = { problems: [{ field: '', problem: `must have at most ${MAX_LINE_BYTES} bytes` }] };

const BATCH_SIZE = 500;
/** Passwords that are hashed at a time: the rest of the thread pool is for those who sign in. */
const HASHERS = 2;

/**
 * Creates users from lines of JSON, as many as there are, in memory that does not grow.
 *
 * A few hundred users share a transaction. What a fault interrupts keeps the users created so far: the same
 * lines can be sent again, and those that are there are skipped.
 */
@Injectable()
export class UserImport {
  constructor(
    private readonly database: Database,
    private readonly users: UserBatchRepository,
    private readonly hashes: PasswordHashReader,
    private readonly hasher: PasswordHasher,
    private readonly random: RandomSource,
  ) {}

  /** @param source newline-delimited JSON, see `readImportedUser`; empty lines are passed over */
  async run(source: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportSummary> {
    const summary: ImportSummary = { created: 0, skipped: 0, failed: 0 };
    let batch: Member[] = [];
    for await (const line of ndjsonLines(source)) {
      const member = this.read(line, summary, options);
      if (member) batch.push(member);
      if (batch.length < BATCH_SIZE) continue;
      await this.create(batch, summary, options);
      batch = [];
    }
    if (batch.length > 0) await this.create(batch, summary, options);
    return summary;
  }

  private read(
    { number: line, bytes }: NdjsonLine,
    summary: ImportSummary,
    { onProblem }: ImportOptions,
  ): Member | undefined {
    if (bytes && isBlank(bytes)) return undefined;
    const reading = bytes ? readImportedUser(bytes, this.hashes) : TOO_LONG;
    if ('user' in reading) return { line, user: reading.user };
    summary.failed += 1;
    for (const problem of reading.problems) onProblem({ line, ...problem });
    return undefined;
  }

  private async create(
    batch: readonly Member[],
    summary: ImportSummary,
    options: ImportOptions,
  ): Promise<void> {
    const rows = await this.asRows(batch);
    const conflicts = await this.database.transaction(async (transaction) => {
      const created = await this.users.insert(transaction, rows);
      if (created.length > 0) options.onCreated?.(transaction, created);
      const left = withoutCreated(batch, rows, created);
      return this.conflictsOf(transaction, left);
    });
    summary.created += batch.length - conflicts.length;
    if (options.onConflict === 'skip') {
      summary.skipped += conflicts.length;
    } else {
      summary.failed += conflicts.length;
      for (const conflict of conflicts) options.onProblem(conflict);
    }
  }

  private async asRows(batch: readonly Member[]): Promise<UserRow[]> {
    const rows = batch.map(({ user: { id, username, email, claims, status, passwordHash } }) => {
      const given = { username, email, claims, status, passwordHash: passwordHash ?? null };
      return { ...given, id: id ?? this.random.uuid(), isIdGiven: id !== undefined };
    });
    const waiting = batch.entries();
    const hashNext = async () => {
      for (const [index, { user }] of waiting) {
        const row = rows[index];
        if (row && user.password !== undefined) row.passwordHash = await this.hasher.hash(user.password);
      }
    };
    await Promise.all(Array.from({ length: HASHERS }, hashNext));
    return rows;
  }

  /** What each was not created for: its own id, or its name. */
  private async conflictsOf(transaction: Transaction, members: readonly Member[]): Promise<LineProblem[]> {
    if (members.length === 0) return [];
    const ids = members.flatMap(({ user: { id } }) => (id === undefined ? [] : [id]));
    const taken = await this.users.findTaken(transaction, ids);
    return members.map(({ line, user: { id } }) => ({
      line,
      field: id !== undefined && taken.has(id) ? 'id' : 'username',
      problem: 'is taken',
    }));
  }
}

/** The first of several lines with the same id and name is the one that was created. */
function withoutCreated(
  batch: readonly Member[],
  rows: readonly UserRow[],
  created: readonly CreatedUser[],
): Member[] {
  const keys = new Set(created.map(keyOf));
  const isCreated = rows.map((row) => keys.delete(keyOf(row)));
  return batch.filter((_, index) => !isCreated[index]);
}

function keyOf({ id, username }: CreatedUser): string {
  return `${id} ${username}`;
}

function isBlank(line: Buffer): boolean {
  return line.length < 3 && line.toString().trim() === '';
}
