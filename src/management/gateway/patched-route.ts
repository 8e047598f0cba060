import { mergePatch } from '../http/body.js';
import { type EditableRoute } from './stored-route.js';

/** Members of the configuration in which `null` says that there is none. */
const NULLABLE = [
  'upstream_access_token_header',
  'upstream_refresh_token_header',
  'downstream_access_token_header',
  'downstream_refresh_token_header',
  'issuer',
  'client_id',
  'client_secret',
];

/**
 * The document with a merge patch applied (RFC 7396). What `null` takes away gets its default, but for members of which
 * it is a value: a header that is taken away must not come back as Kong's default.
 */
export function patchedRoute(document: EditableRoute, patch: object): object {
  const patched = mergePatch(document, patch) as object;
  const [asked, merged] = [configOf(patch), configOf(patched)];
  if (!asked || !merged) return patched;
  const nulls = NULLABLE.filter((name) => asked[name] === null).map((name) => [name, null]);
  return { ...patched, config: { ...merged, ...(Object.fromEntries(nulls) as object) } };
}

function configOf(document: object): Readonly<Record<string, unknown>> | undefined {
  const config: unknown = 'config' in document ? document.config : undefined;
  return typeof config === 'object' && config !== null && !Array.isArray(config)
    ? (config as Record<string, unknown>)
    : undefined;
}
