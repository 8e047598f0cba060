import { type FormParameters } from '../../common/form-parameters.js';
import { type GatewayRoute, type RouteConfig } from '../../gateway/routes/gateway-route.js';
import { ProblemError } from '../../http/problem.js';

type Kind = 'text' | 'list' | 'boolean' | 'number';

const ROUTE_FIELDS: Readonly<Record<Exclude<keyof GatewayRoute, 'id' | 'config'>, Kind>> = {
  name: 'text',
  enabled: 'boolean',
  hosts: 'list',
  paths: 'list',
  methods: 'list',
  upstream_url: 'text',
  strip_path: 'boolean',
};

const CONFIG_FIELDS: Readonly<Record<keyof RouteConfig, Kind>> = {
  auth_methods: 'list',
  refresh_token_param_name: 'text',
  refresh_token_param_type: 'list',
  upstream_access_token_header: 'text',
  upstream_refresh_token_header: 'text',
  downstream_access_token_header: 'text',
  downstream_refresh_token_header: 'text',
  issuer: 'text',
  client_id: 'text',
  client_secret: 'text',
  client_auth: 'text',
  scopes: 'list',
  audience: 'list',
  leeway: 'number',
  cache_tokens: 'boolean',
  cache_ttl: 'number',
  hide_credentials: 'boolean',
  timeout: 'number',
  refresh_tokens: 'boolean',
};

const CONFIG = 'config.';

/**
 * A form as Kong's admin API takes it, as a merge patch: `config.` before a member of the configuration, a repeated
 * field (or `field[]`) for a list, nothing behind `=` for `null`. Values are of the type of their field; what can't
 * be is left for the document to refuse, and so are members that nobody knows.
 *
 * @throws ProblemError 422 for a repeated field that is no list
 */
export function patchOfForm({ pairs }: FormParameters): object {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const field = name.replace(/\[\]$/, '');
    values.set(field, [...(values.get(field) ?? []), value]);
  }
  requireSingle(values);
  const members = [...values].map(([field, all]) => [field, valueOf(kindOf(field), all)] as const);
  const own = members.filter(([field]) => !field.startsWith(CONFIG));
  const config = members.filter(([field]) => field.startsWith(CONFIG));
  return Object.fromEntries([
    ...own,
    ...(config.length > 0
      ? [['config', Object.fromEntries(config.map(([field, value]) => [field.slice(CONFIG.length), value]))]]
      : []),
  ]) as object;
}

function requireSingle(values: ReadonlyMap<string, readonly string[]>): void {
  const errors = [...values]
    .filter(([field, all]) => all.length > 1 && kindOf(field) !== 'list')
    .map(([field]) => ({
      pointer: `#/${field.replaceAll('~', '~0').replace('.', '/')}`,
      detail: 'is repeated',
    }));
  if (errors.length > 0) throw ProblemError.validation(errors);
}

function kindOf(field: string): Kind {
  const fields: Readonly<Record<string, Kind>> = field.startsWith(CONFIG) ? CONFIG_FIELDS : ROUTE_FIELDS;
  const name = field.startsWith(CONFIG) ? field.slice(CONFIG.length) : field;
  return (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? 'text';
}

function valueOf(kind: Kind, values: readonly string[]): unknown {
  if (kind === 'list') return values.filter((value) => value !== '');
  const [value = ''] = values;
  if (value === '') return null;
  if (kind === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
  return kind === 'number' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
}
