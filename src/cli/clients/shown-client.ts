import { type StoredClientDocument } from '../../management/clients/client.documents.js';
import { members, table } from '../terminal/table.js';

/** A client for people: its members, then its token policy as it is in force, then its secrets by their ids. */
export function shownClient({
  effective_token_policy: policy,
  secrets,
  ...client
}: StoredClientDocument): string {
  const { token_policy: _own, ...rest } = client;
  const settings = table(Object.entries(policy), {
    'token policy': ([name]) => name,
    value: ([, { value }]) => value,
    'set by': ([, { source }]) => source,
  });
  const known = table(secrets, {
    secret: ({ id }) => id,
    created: ({ created_at }) => created_at,
    expires: ({ expires_at }) => expires_at ?? 'never',
  });
  return [members(rest), settings, ...(secrets.length > 0 ? [known] : [])].join('\n\n');
}
