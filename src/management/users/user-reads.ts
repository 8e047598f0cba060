import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { ProblemError } from '../../http/problem.js';
import { type UserFilter, UserRepository } from '../../users/user.repository.js';
import { decodeCursor, type Page, toPage } from '../http/page.js';
import { storedUser } from './stored-user.js';
import { type StoredUserDocument } from './user.documents.js';

const DEFAULT_LIMIT = 50;

/** Shows users. */
@Injectable()
export class UserReads {
  constructor(private readonly users: UserRepository) {}

  /** @throws ProblemError 404 */
  async find(id: string): Promise<StoredUserDocument> {
    const user = await this.users.findById(id);
    if (!user) throw ProblemError.notFound('user');
    return storedUser(user);
  }

  /** @throws ProblemError 422 for a cursor that is none */
  async list(
    filter: UserFilter,
    cursor: string | undefined,
    limit = DEFAULT_LIMIT,
  ): Promise<Page<StoredUserDocument>> {
    const rows = await this.users.list(filter, idOf(cursor), limit + 1);
    return toPage(rows, limit, ({ id }) => id, storedUser);
  }
}

function idOf(cursor: string | undefined): string | undefined {
  const id = decodeCursor(cursor);
  if (id === undefined || isUUID(id)) return id;
  throw ProblemError.validation([{ pointer: 'cursor', detail: 'is not one that a page gave' }]);
}
