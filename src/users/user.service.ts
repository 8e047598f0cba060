import { Injectable } from '@nestjs/common';
import { RandomSource } from '../common/random-source.js';
import { Database } from '../database/database.js';
import { type Transaction } from '../database/sql-session.js';
import { PasswordHasher } from './password-hasher.js';
import { type UserEntity, type UserStatus } from './user.entity.js';
import {
  normalizedUsername,
  profileProblems,
  UnsoundProfileError,
  type UserProfile,
} from './user-profile.js';
import { UserProfiles } from './user-profiles.js';
import { UserRepository } from './user.repository.js';

export interface NewUser {
  readonly username: string;
  readonly email?: string | null;
  readonly claims?: Record<string, unknown>;
  readonly status?: UserStatus;
  readonly password?: string;
  /** Of the password that they have, by a scheme that can be read; instead of a password. */
  readonly passwordHash?: string;
}

export type UserChange = Partial<UserProfile & Pick<UserEntity, 'status' | 'tokensNotBefore'>>;

/** Creates and changes resource owners; each change in the caller's transaction, where one is given. */
@Injectable()
export class UserService {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly profiles: UserProfiles,
    private readonly hasher: PasswordHasher,
    private readonly random: RandomSource,
  ) {}

  findByUsername(username: string): Promise<UserEntity | null> {
    return this.users.findByUsername(normalizedUsername(username));
  }

  /**
   * Creates a user, with any password: how good one must be is asked where it comes from.
   *
   * @returns their id, or `undefined` when the name is taken; an existing user is left as they are
   * @throws UnsoundProfileError
   */
  async create(user: NewUser, transaction?: Transaction): Promise<string | undefined> {
    const { username, email = null, claims = {}, status = 'active', password, passwordHash = null } = user;
    refuseUnsound({ username, email, claims });
    const row = {
      id: this.random.uuid(),
      username: normalizedUsername(username),
      email,
      claims,
      status,
      passwordHash: password === undefined ? passwordHash : await this.hasher.hash(password),
      tokensNotBefore: null,
    };
    const isNew = await this.database.join(transaction, (joined) => this.users.insert(joined, row));
    return isNew ? row.id : undefined;
  }

  /**
   * Changes what is said of a user. Ends no tokens: that takes the `UserLifecycleService`.
   *
   * @returns whether there is such a user
   * @throws UnsoundProfileError, or UsernameTakenError, and then the transaction is lost
   */
  change(id: string, change: UserChange, transaction?: Transaction): Promise<boolean> {
    refuseUnsound(change);
    const { username } = change;
    return this.database.join(transaction, (joined) => {
      joined.afterCommit(() => this.profiles.changed(id));
      if (username === undefined) return this.users.update(joined, id, change);
      return this.users.update(joined, id, { ...change, username: normalizedUsername(username) });
    });
  }
}

function refuseUnsound(profile: Partial<UserProfile>): void {
  const problems = profileProblems(profile);
  if (problems.length > 0) throw new UnsoundProfileError(problems);
}
