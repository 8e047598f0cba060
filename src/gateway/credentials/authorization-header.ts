import { GatewayError } from '../authenticator/gateway-error.js';
import { type GatewayRequest } from '../authenticator/gateway-request.js';
import { type AuthMethod } from '../routes/gateway-route.js';
import { type Credential } from './credential.js';

const BEARER = /^bearer(?: +(.*))?$/i;
const TOKEN = /^[\w.~+/-]+=*$/;
const BASIC = /^basic(?: +(.*))?$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The credentials of the `Authorization` header, in the order in which they are tried: a name and a password may be
 * a user's or, as in Kong, a client's.
 *
 * @throws GatewayError `malformed_request` where a scheme that the route takes is used wrongly, or twice
 */
export function credentialsInAuthorization(
  { headers }: GatewayRequest,
  methods: readonly AuthMethod[],
): Credential[] {
  const [authorization, second] = headers.authorization ?? [];
  if (authorization === undefined) return [];
  const bearer = methods.includes('bearer') ? BEARER.exec(authorization) : null;
  const basic =
    methods.includes('password') || methods.includes('client_credentials') ? BASIC.exec(authorization) : null;
  if ((bearer || basic) && second !== undefined) throw malformed('more than one Authorization header');
  if (bearer) return [readBearer(bearer[1] ?? '')];
  return basic ? readBasic(basic[1] ?? '', methods) : [];
}

function readBearer(accessToken: string): Credential {
  if (!TOKEN.test(accessToken)) throw malformed('the Authorization header is not a valid bearer token');
  return { method: 'bearer', accessToken };
}

function readBasic(encoded: string, methods: readonly AuthMethod[]): Credential[] {
  const [name, secret] = decodeBasic(encoded);
  const all: Credential[] = [
    { method: 'password', username: name, password: secret },
    { method: 'client_credentials', clientId: name, clientSecret: secret },
  ];
  return all.filter(({ method }) => methods.includes(method));
}

/** RFC 7617, in UTF-8. */
function decodeBasic(encoded: string): [name: string, secret: string] {
  const text = BASE64.test(encoded) ? decodeUtf8(Buffer.from(encoded, 'base64')) : undefined;
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 1 || text.includes('\0'))
    throw malformed('the Authorization header is not valid Basic');
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function decodeUtf8(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function malformed(problem: string): GatewayError {
  return GatewayError.of('malformed_request', problem);
}
