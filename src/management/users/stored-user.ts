import { type UserEntity } from '../../users/user.entity.js';
import { type Profile, type StoredUserDocument } from './user.documents.js';

/** A user as the management API shows them. Never a password, nor what is kept of one. */
export function storedUser(user: UserEntity): StoredUserDocument {
  return {
    id: user.id,
    ...profileOf(user),
    status: user.status,
    has_password: user.passwordHash !== null,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  };
}

/** What of a user may be written. */
export function profileOf({ username, email, claims }: UserEntity): Profile {
  return { username, ...(email !== null && { email }), claims };
}
