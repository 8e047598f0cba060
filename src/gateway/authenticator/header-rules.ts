import { headersOfParameter } from '../credentials/refresh-token-parameter.js';
import { type ParameterPlace, type RouteConfig } from '../routes/gateway-route.js';
import { SESSION_COOKIES } from '../session/session-cookies.js';
import { parseTokenHeader } from './token-header.js';

/** By which gateways tell services who somebody is: from outside nobody may. */
const IDENTITY_HEADER =
  /^(?:x-(?:userinfo|access-token|id-token|introspection|anonymous-consumer)|x-(?:authenticated|consumer|credential|forwarded-user|auth-request)(?:-.*)?)$/;
/** Names come from outside: no more than so many are remembered. */
const REMEMBERED = 1_000;

/** Which headers, cookies and parameters of a request stay here, by the configuration of its route. */
export class HeaderRules {
  /** Cookies that go no further. */
  readonly cookies: readonly string[];
  /** The parameter of the query that goes no further. */
  readonly queryParameter: string | undefined;
  private readonly names: ReadonlySet<string>;
  private readonly hidden: ReadonlySet<string>;
  private readonly known = new Map<string, boolean>();

  constructor(config: RouteConfig) {
    const { refresh_token_param_name: parameter } = config;
    this.names = namesSetBy(config);
    this.hidden = new Set(hides(config, 'header') ? headersOfParameter(parameter) : []);
    this.cookies = [...SESSION_COOKIES, ...(hides(config, 'cookie') ? [parameter] : [])];
    this.queryParameter = hides(config, 'query') ? parameter : undefined;
  }

  /** Whether a header stays here. @param header its name in lower case */
  drops(header: string): boolean {
    let isDropped = this.known.get(header);
    if (isDropped === undefined) {
      isDropped = this.judge(header);
      if (this.known.size >= REMEMBERED) this.known.clear();
      this.known.set(header, isDropped);
    }
    return isDropped;
  }

  private judge(header: string): boolean {
    const name = canonical(header);
    return this.hidden.has(header) || this.names.has(name) || IDENTITY_HEADER.test(name);
  }
}

/** A configuration that changes is another object. */
const rules = new WeakMap<RouteConfig, HeaderRules>();

export function headerRules(config: RouteConfig): HeaderRules {
  let found = rules.get(config);
  if (!found) rules.set(config, (found = new HeaderRules(config)));
  return found;
}

function namesSetBy(config: RouteConfig): ReadonlySet<string> {
  const set = [config.upstream_access_token_header, config.upstream_refresh_token_header];
  return new Set(
    set.filter((header) => header !== null).map((header) => canonical(parseTokenHeader(header).name)),
  );
}

function hides(config: RouteConfig, place: ParameterPlace): boolean {
  const { hide_credentials: isHidden, auth_methods, refresh_token_param_type: places } = config;
  return isHidden && auth_methods.includes('refresh_token') && places.includes(place);
}

/** To many an upstream `X_User` and `X-User` are the same variable. */
function canonical(header: string): string {
  return header.toLowerCase().replaceAll('_', '-');
}
