import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { ScopeSet } from '../../common/scope-set.js';
import { type Caller } from '../../management/http/caller.js';
import { ALL_MANAGEMENT_SCOPES } from '../../roles/management-scopes.js';

/** Whoever runs the command: may do all, since they have the database and the keys; known by their name here. */
export function operator(): Caller {
  return {
    actor: { type: 'operator', id: userName() },
    scopes: ScopeSet.of(ALL_MANAGEMENT_SCOPES),
    requestId: randomUUID(),
  };
}

/** In a container the user may have a number only. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
