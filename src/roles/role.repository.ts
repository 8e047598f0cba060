import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type SqlSession, type Statement, type Transaction } from '../database/sql-session.js';
import { type Role } from './role.js';

const COLUMNS = 'r.name, r.description, r.scopes, r.created_at, r.updated_at';

const LIST: Statement = {
  name: 'role_list',
  text: `SELECT ${COLUMNS} FROM role r WHERE r.name > $1 ORDER BY r.name LIMIT $2`,
};

const FIND: Statement = { name: 'role_find', text: `SELECT ${COLUMNS} FROM role r WHERE r.name = $1` };

const LOCK: Statement = {
  name: 'role_lock',
  text: `SELECT ${COLUMNS} FROM role r WHERE r.name = $1 FOR UPDATE`,
};

const INSERT: Statement = {
  name: 'role_insert',
  text: `
    INSERT INTO role (name, description, scopes) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO NOTHING RETURNING name`,
};

const UPDATE: Statement = {
  name: 'role_update',
  text: `UPDATE role SET description = $2, scopes = $3, updated_at = clock_timestamp() WHERE name = $1`,
};

const DELETE: Statement = { name: 'role_delete', text: 'DELETE FROM role WHERE name = $1' };

/** Shared locks: what a role lets its holders do does not change before the transaction ends. */
const SHARE: Statement = {
  name: 'role_share',
  text: `SELECT ${COLUMNS} FROM role r WHERE r.name = ANY ($1) ORDER BY r.name FOR SHARE`,
};

const NAMES_OF_USER: Statement = {
  name: 'role_names_of_user',
  text: 'SELECT u.role_name AS name FROM user_role u WHERE u.user_id = $1 ORDER BY u.role_name',
};

const SCOPES_OF_USER: Statement = {
  name: 'role_scopes_of_user',
  text: `
    SELECT DISTINCT s.scope FROM user_role u JOIN role r ON r.name = u.role_name CROSS JOIN unnest(r.scopes) AS s (scope)
    WHERE u.user_id = $1`,
};

const TAKE: Statement = {
  name: 'role_take',
  text: 'DELETE FROM user_role WHERE user_id = $1 AND role_name <> ALL ($2)',
};

const GIVE: Statement = {
  name: 'role_give',
  text: `
    INSERT INTO user_role (user_id, role_name) SELECT $1, n.name FROM unnest($2::text[]) AS n (name)
    ON CONFLICT DO NOTHING`,
};

/** Roles, and who has them. */
@Injectable()
export class RoleRepository {
  constructor(private readonly database: Database) {}

  /** By name, those after `after`. */
  list(after: string, limit: number): Promise<Role[]> {
    return this.database.query<Role>(LIST, [after, limit]);
  }

  async findByName(name: string): Promise<Role | undefined> {
    const [role] = await this.database.query<Role>(FIND, [name]);
    return role;
  }

  async lockByName(transaction: Transaction, name: string): Promise<Role | undefined> {
    const [role] = await transaction.query<Role>(LOCK, [name]);
    return role;
  }

  /** The roles of these names that there are, kept as they are until the transaction ends. */
  shareByNames(transaction: Transaction, names: readonly string[]): Promise<Role[]> {
    return transaction.query<Role>(SHARE, [names]);
  }

  /** @returns whether the name was free */
  async insert(
    transaction: Transaction,
    { name, description, scopes }: Pick<Role, 'name' | 'description' | 'scopes'>,
  ): Promise<boolean> {
    return (await transaction.query(INSERT, [name, description, scopes])).length === 1;
  }

  async update(
    transaction: Transaction,
    { name, description, scopes }: Pick<Role, 'name' | 'description' | 'scopes'>,
  ): Promise<void> {
    await transaction.query(UPDATE, [name, description, scopes]);
  }

  /** Takes it from everyone, too. */
  async delete(transaction: Transaction, name: string): Promise<void> {
    await transaction.query(DELETE, [name]);
  }

  async namesOfUser(userId: string, session: SqlSession = this.database): Promise<string[]> {
    const rows = await session.query<{ name: string }>(NAMES_OF_USER, [userId]);
    return rows.map(({ name }) => name);
  }

  /** Every scope that some role of theirs has. */
  async scopesOfUser(userId: string, session: SqlSession = this.database): Promise<string[]> {
    const rows = await session.query<{ scope: string }>(SCOPES_OF_USER, [userId]);
    return rows.map(({ scope }) => scope);
  }

  /** Gives the user these roles and no others. */
  async replaceOfUser(transaction: Transaction, userId: string, names: readonly string[]): Promise<void> {
    await transaction.query(TAKE, [userId, names]);
    await transaction.query(GIVE, [userId, names]);
  }
}
