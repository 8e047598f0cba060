import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { QueryFailedError, type Repository } from 'typeorm';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';
import { UserEntity, type UserStatus } from './user.entity.js';
import { UsernameTakenError } from './user-profile.js';
import { type KnownProfile } from './user-profiles.js';

type UserRow = Omit<UserEntity, 'createdAt' | 'updatedAt'>;

/** Which users are wanted; all that is given must hold. Case makes no difference. */
export interface UserFilter {
  /** What the name begins with. */
  readonly usernamePrefix?: string;
  readonly email?: string;
  readonly status?: UserStatus;
}

const LOCK: Statement = { name: 'user_lock', text: 'SELECT id FROM user_account WHERE id = $1 FOR UPDATE' };

const FIND_PROFILE: Statement = {
  name: 'user_find_profile',
  text: `SELECT u.username, u.email, u.claims, u.updated_at AS "updatedAt" FROM user_account u WHERE u.id = $1`,
};

const REPLACE_PASSWORD_HASH: Statement = {
  name: 'user_replace_password_hash',
  text: 'UPDATE user_account SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id',
};

const UNIQUE_VIOLATION = '23505';

@Injectable()
export class UserRepository {
  constructor(@InjectRepository(UserEntity) private readonly users: Repository<UserEntity>) {}

  findById(id: string): Promise<UserEntity | null> {
    return this.users.findOne({ where: { id } });
  }

  findByUsername(username: string): Promise<UserEntity | null> {
    return this.users
      .createQueryBuilder('user')
      .where('lower(user.username) = lower(:username)', { username })
      .getOne();
  }

  async findProfile(session: SqlSession, id: string): Promise<KnownProfile | undefined> {
    return (await session.query<KnownProfile>(FIND_PROFILE, [id]))[0];
  }

  /**
   * Up to `limit` users whose ids are below one, from the highest id down: those created here, newest first,
   * since their ids are UUIDv7. Who is created or deleted meanwhile moves nobody else.
   */
  list(filter: UserFilter, below: string | undefined, limit: number): Promise<UserEntity[]> {
    const { usernamePrefix, email, status } = filter;
    const query = this.users.createQueryBuilder('user');
    if (below !== undefined) query.andWhere('user.id < :below', { below });
    if (usernamePrefix !== undefined) {
      query.andWhere(`lower(user.username) COLLATE "C" ^@ lower(:usernamePrefix)`, { usernamePrefix });
    }
    if (email !== undefined) query.andWhere('lower(user.email) = lower(:email)', { email });
    if (status !== undefined) query.andWhere('user.status = :status', { status });
    return query.orderBy('user.id', 'DESC').limit(limit).getMany();
  }

  /** The user; nobody else changes them before the transaction ends. */
  async lockById(transaction: Transaction, id: string): Promise<UserEntity | null> {
    await transaction.query(LOCK, [id]);
    return transaction.manager.findOne(UserEntity, { where: { id } });
  }

  /** @returns whether the name was free */
  async insert(transaction: Transaction, user: UserRow): Promise<boolean> {
    const result = await transaction.manager
      .createQueryBuilder()
      .insert()
      .into(UserEntity)
      .values({ ...user, claims: user.claims as object })
      .orIgnore()
      .returning('id')
      .execute();
    return (result.raw as unknown[]).length === 1;
  }

  /** @returns whether there was such a user */
  async delete(transaction: Transaction, id: string): Promise<boolean> {
    return (await transaction.manager.delete(UserEntity, { id })).affected === 1;
  }

  /**
   * @returns whether there is such a user
   * @throws UsernameTakenError
   */
  async update(transaction: Transaction, id: string, change: Partial<UserRow>): Promise<boolean> {
    const update = transaction.manager
      .createQueryBuilder()
      .update(UserEntity)
      .set({ ...change, claims: change.claims as object | undefined })
      .where({ id });
    try {
      return (await update.execute()).affected === 1;
    } catch (error) {
      throw isUniqueViolation(error)
        ? new UsernameTakenError('the user name is taken', { cause: error })
        : error;
    }
  }

  /**
   * Stores another hash of the same password; what an admin sees of the user stays as it is.
   *
   * @returns whether the password was still the one of that hash
   */
  async replacePasswordHash(
    session: SqlSession,
    id: string,
    known: string,
    renewed: string,
  ): Promise<boolean> {
    return (await session.query(REPLACE_PASSWORD_HASH, [id, known, renewed])).length === 1;
  }
}

function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  return (error.driverError as Error & { code?: unknown }).code === UNIQUE_VIOLATION;
}
