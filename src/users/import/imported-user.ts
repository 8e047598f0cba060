import { isUUID } from 'class-validator';
import { type PasswordHashReader } from '../passwords/password-hash.reader.js';
import { fieldPart, type FieldProblem } from '../field-problem.js';
import { type UserStatus } from '../user.entity.js';
import { credentialProblems } from '../user-credentials.js';
import { normalizedUsername, profileProblems } from '../user-profile.js';

/** A user as a line tells of them, found sound. */
export interface ImportedUser {
  /** Theirs where they come from; otherwise they get one. */
  readonly id: string | undefined;
  readonly username: string;
  readonly email: string | null;
  readonly claims: Record<string, unknown>;
  readonly status: UserStatus;
  /** At most one of the two. */
  readonly password: string | undefined;
  readonly passwordHash: string | undefined;
}

export type Reading =
  { readonly user: ImportedUser } | { readonly problems: readonly [FieldProblem, ...FieldProblem[]] };

type Members = Readonly<Record<string, unknown>>;

const MEMBERS = ['id', 'username', 'email', 'claims', 'status', 'password', 'password_hash'];
const STATUSES: readonly unknown[] = ['active', 'disabled'];

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a line of an import: `{username, email?, claims?, status?, id?, password? or password_hash?}`. */
export function readImportedUser(line: Buffer, hashes: PasswordHashReader): Reading {
  const members = parseObject(line);
  if (!members) return { problems: [{ field: '', problem: 'must be a JSON object in UTF-8' }] };
  const [first, ...others] = [...memberProblems(members), ...credentialProblems(members, hashes)];
  return first ? { problems: [first, ...others] } : { user: asUser(members) };
}

function parseObject(line: Buffer): Members | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(line));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Members)
      : undefined;
  } catch {
    // The parser's message quotes the line.
    return undefined;
  }
}

function memberProblems(members: Members): FieldProblem[] {
  const { id, username = '', email, claims = {}, status = 'active' } = members;
  const problems = profileProblems({ username, email, claims } as Parameters<typeof profileProblems>[0]);
  if (id !== undefined && !isUUID(id)) problems.push({ field: 'id', problem: 'must be a UUID' });
  if (!STATUSES.includes(status)) problems.push({ field: 'status', problem: 'must be active or disabled' });
  for (const name of Object.keys(members)) {
    if (!MEMBERS.includes(name)) problems.push({ field: fieldPart(name), problem: 'is not known' });
  }
  return problems;
}

function asUser(members: Members): ImportedUser {
  const {
    id,
    username,
    email = null,
    claims = {},
    status = 'active',
    password,
  } = members as Partial<ImportedUser>;
  return {
    id: id?.toLowerCase(),
    username: normalizedUsername(username ?? ''),
    email,
    claims,
    status,
    password,
    passwordHash: members.password_hash as string | undefined,
  };
}
