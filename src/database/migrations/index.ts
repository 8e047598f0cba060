import { CreateSchema1763700000000 } from './1763700000000-create-schema.js';

/** Every migration, in order. Append only. */
export const migrations = [CreateSchema1763700000000] as const;
