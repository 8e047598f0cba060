import { Injectable } from '@nestjs/common';
import { RandomSource } from '../common/random-source.js';
import { Database } from '../database/database.js';
import { PasswordHasher } from './password-hasher.js';
import { type UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';

export interface NewUser {
  readonly username: string;
  readonly password?: string;
  readonly email?: string;
  readonly claims?: Record<string, unknown>;
}

export type UserChange = Partial<Pick<UserEntity, 'email' | 'status' | 'claims' | 'tokensNotBefore'>>;

/** Creates and changes resource owners. */
@Injectable()
export class UserService {
  constructor(
    private readonly database: Database,
    private readonly users: UserRepository,
    private readonly hasher: PasswordHasher,
    private readonly random: RandomSource,
  ) {}

  findByUsername(username: string): Promise<UserEntity | null> {
    return this.users.findByUsername(username);
  }

  /** @returns whether the name was free; an existing user is left as they are */
  async create({ username, password, email, claims = {} }: NewUser): Promise<boolean> {
    const passwordHash = password === undefined ? null : await this.hasher.hash(password);
    return this.database.transaction((transaction) =>
      this.users.insert(transaction, {
        id: this.random.uuid(),
        username,
        email: email ?? null,
        status: 'active',
        claims,
        passwordHash,
        tokensNotBefore: null,
      }),
    );
  }

  /** @returns whether there is such a user */
  change(id: string, change: UserChange): Promise<boolean> {
    return this.database.transaction((transaction) => this.users.update(transaction, id, change));
  }
}
