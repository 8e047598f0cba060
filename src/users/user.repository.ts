import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type Repository } from 'typeorm';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';
import { UserEntity } from './user.entity.js';

type UserRow = Omit<UserEntity, 'updatedAt'>;

const REPLACE_PASSWORD_HASH: Statement = {
  name: 'user_replace_password_hash',
  text: 'UPDATE user_account SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id',
};

@Injectable()
export class UserRepository {
  constructor(@InjectRepository(UserEntity) private readonly users: Repository<UserEntity>) {}

  findByUsername(username: string): Promise<UserEntity | null> {
    return this.users
      .createQueryBuilder('user')
      .where('lower(user.username) = lower(:username)', { username })
      .getOne();
  }

  async findUsername(id: string): Promise<string | undefined> {
    return (await this.users.findOne({ where: { id }, select: { username: true } }))?.username;
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

  /** @returns whether there is such a user */
  async update(transaction: Transaction, id: string, change: Partial<UserRow>): Promise<boolean> {
    const result = await transaction.manager
      .createQueryBuilder()
      .update(UserEntity)
      .set({ ...change, claims: change.claims as object | undefined })
      .where({ id })
      .execute();
    return result.affected === 1;
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
