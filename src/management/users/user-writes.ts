import { Injectable } from '@nestjs/common';
import { type Transaction } from '../../database/sql-session.js';
import { ProblemError } from '../../http/problem.js';
import { RoleRepository } from '../../roles/role.repository.js';
import { UserLifecycleService } from '../../revocation/user-lifecycle.service.js';
import { PasswordHasher } from '../../users/password-hasher.js';
import { passwordProblem } from '../../users/passwords/password-rules.js';
import { type UserEntity } from '../../users/user.entity.js';
import { profileProblems } from '../../users/user-profile.js';
import { UserRepository } from '../../users/user.repository.js';
import { UserService } from '../../users/user.service.js';
import { mergePatch } from '../http/body.js';
import { type Caller } from '../http/caller.js';
import { requireMatch } from '../http/etag.js';
import { Idempotency, type RepeatableRequest } from '../http/idempotency.js';
import { ManagementWrites, type Write } from '../http/management-writes.js';
import { requireWithinReach } from '../http/reach.js';
import { profileOf, storedUser } from './stored-user.js';
import {
  NewPasswordDocument,
  NewUserDocument,
  type StoredUserDocument,
  UserDocument,
} from './user.documents.js';
import { parseSoundly, soundly } from './user-rules.js';
import { withoutStaleVerification } from './stale-verification.js';

/** Creates, changes and deletes users, each with its audit entry. */
@Injectable()
export class UserWrites {
  constructor(
    private readonly writes: ManagementWrites,
    private readonly idempotency: Idempotency,
    private readonly repository: UserRepository,
    private readonly users: UserService,
    private readonly lifecycle: UserLifecycleService,
    private readonly hasher: PasswordHasher,
    private readonly roles: RoleRepository,
  ) {}

  /** @throws ProblemError 409 where the name is taken, 422 */
  async create(caller: Caller, request: RepeatableRequest, body: object): Promise<StoredUserDocument> {
    const { password, ...user } = parseSoundly(NewUserDocument, body, newUserProblems);
    const passwordHash = password === undefined ? undefined : await this.hasher.hash(password);
    return this.writes.run(caller, (write) =>
      this.idempotency.once(write.transaction, caller, request, async () => {
        const id = await soundly(() => this.users.create({ ...user, passwordHash }, write.transaction));
        if (id === undefined) throw ProblemError.conflict('the user name is taken');
        const created = storedUser(await this.lock(write.transaction, id));
        write.audit({ action: 'user.created', target: { type: 'user', id }, after: created });
        return created;
      }),
    );
  }

  /** @throws ProblemError 403, 404, 409, 412, 422 */
  patch(caller: Caller, id: string, ifMatch: string, patch: object): Promise<StoredUserDocument> {
    return this.change(caller, id, 'user.changed', ifMatch, async ({ transaction }, before) => {
      const merged = mergePatch(profileOf(before), patch) as object;
      const after = parseSoundly(UserDocument, merged, profileProblems);
      const {
        username,
        email = null,
        claims = {},
      } = withoutStaleVerification(profileOf(before), patch, after);
      await soundly(() => this.users.change(id, { username, email, claims }, transaction));
    });
  }

  /** @throws ProblemError 403, 404 */
  disable(caller: Caller, id: string): Promise<StoredUserDocument> {
    return this.change(caller, id, 'user.disabled', '*', ({ transaction }) =>
      this.lifecycle.disable(id, 'admin', transaction),
    );
  }

  /** @throws ProblemError 403, 404 */
  enable(caller: Caller, id: string): Promise<StoredUserDocument> {
    return this.change(caller, id, 'user.enabled', '*', ({ transaction }) =>
      this.lifecycle.enable(id, transaction),
    );
  }

  /** @throws ProblemError 403, 404, 412, 422 */
  async setPassword(caller: Caller, id: string, ifMatch: string, body: object): Promise<void> {
    const { password } = parseSoundly(NewPasswordDocument, body, passwordProblems);
    const passwordHash = await this.hasher.hash(password);
    await this.writes.run(caller, async (write) => {
      requireMatch(ifMatch, storedUser(await this.lockFor(caller, write.transaction, id)));
      await this.lifecycle.setPasswordHash(id, passwordHash, 'admin', write.transaction);
      write.audit({ action: 'user.password_set', target: { type: 'user', id } });
    });
  }

  /** @throws ProblemError 403, 404, 412 */
  delete(caller: Caller, id: string, ifMatch: string): Promise<void> {
    return this.writes.run(caller, async (write) => {
      const before = storedUser(await this.lockFor(caller, write.transaction, id));
      requireMatch(ifMatch, before);
      await this.lifecycle.delete(id, 'admin', write.transaction);
      write.audit({ action: 'user.deleted', target: { type: 'user', id }, before });
    });
  }

  private change(
    caller: Caller,
    id: string,
    action: string,
    ifMatch: string,
    change: (write: Write, before: UserEntity) => Promise<unknown>,
  ): Promise<StoredUserDocument> {
    return this.writes.run(caller, async (write) => {
      const user = await this.lockFor(caller, write.transaction, id);
      const before = storedUser(user);
      requireMatch(ifMatch, before);
      await change(write, user);
      const after = storedUser(await this.lock(write.transaction, id));
      write.audit({ action, target: { type: 'user', id }, before, after });
      return after;
    });
  }

  /** Whoever sets a password can sign in by it: so a user whose roles are beyond the caller is not theirs to change. */
  private async lockFor(caller: Caller, transaction: Transaction, id: string): Promise<UserEntity> {
    const user = await this.lock(transaction, id);
    requireWithinReach(caller, 'the user', await this.roles.scopesOfUser(id, transaction));
    return user;
  }

  private async lock(transaction: Transaction, id: string): Promise<UserEntity> {
    const user = await this.repository.lockById(transaction, id);
    if (!user) throw ProblemError.notFound('user');
    return user;
  }
}

function newUserProblems(value: object) {
  return [...profileProblems(value), ...passwordProblems(value)];
}

function passwordProblems({ password }: { readonly password?: unknown }) {
  const problem = typeof password === 'string' ? passwordProblem(password) : undefined;
  return problem === undefined ? [] : [{ field: 'password', problem }];
}
