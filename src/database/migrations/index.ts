import { CreateSchema1763700000000 } from './1763700000000-create-schema.js';
import { AddRevocation1763710000000 } from './1763710000000-add-revocation.js';

/** Every migration, in order. Append only. */
export const migrations = [CreateSchema1763700000000, AddRevocation1763710000000] as const;
