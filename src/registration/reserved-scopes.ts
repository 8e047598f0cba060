/** Scopes that this server itself obeys: the management API's, introspection's, and those of its events. */
const RESERVED =
  /^((clients|users|roles|tokens|keys|events|audit|config|gateway):.*|introspect|events\.read|ssf\..*)$/i;

/** Whether a scope gives power over this server, which only an admin may give. */
export function isReservedScope(scope: string): boolean {
  return RESERVED.test(scope);
}
