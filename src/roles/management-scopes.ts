/** Every scope of the management API, with what it lets its bearer do. */
export const MANAGEMENT_SCOPES = {
  'clients:read': 'Read clients and their token policies',
  'clients:write': 'Register, change, disable and delete clients, and rotate their secrets',
  'users:read': 'Read users',
  'users:write': 'Create, import, change, disable and delete users, and set their passwords',
  'roles:read': 'Read roles, and who has which',
  'roles:write': 'Create, change and delete roles, and give them to users',
  'tokens:read': 'Read token families, and find out why a token was refused',
  'tokens:revoke': 'Revoke tokens',
  'keys:read': 'Read the keys that tokens are signed with',
  'keys:write': 'Rotate, schedule, retire and revoke keys',
  'events:read': 'Read revocation events and where their readers are',
  'events:write': 'Have events delivered again',
  'audit:read': 'Read, export and verify the audit log',
  'config:read': 'Read the settings of the server, without its secrets',
  'gateway:read': 'Read the routes of the gateway',
  'gateway:write': 'Change the routes of the gateway',
} as const;

export type ManagementScope = keyof typeof MANAGEMENT_SCOPES;

export const ALL_MANAGEMENT_SCOPES = Object.keys(MANAGEMENT_SCOPES) as readonly ManagementScope[];

export function isManagementScope(scope: string): scope is ManagementScope {
  return Object.hasOwn(MANAGEMENT_SCOPES, scope);
}
