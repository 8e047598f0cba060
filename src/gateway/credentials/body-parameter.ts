import { type GatewayHeaders } from '../authenticator/gateway-request.js';
import { pairValues, withoutPair } from './query-and-cookies.js';

/** How a parameter is found in a body, and taken out of it. */
export interface BodyReader {
  values(body: Buffer, name: string): string[];
  without(body: Buffer, name: string): Buffer;
}

const FORM: BodyReader = {
  values: (body, name) => pairValues(body.toString('latin1'), name),
  without: (body, name) => Buffer.from(withoutPair(body.toString('latin1'), name), 'latin1'),
};

const JSON_OBJECT: BodyReader = {
  values: (body, name) => {
    const members = parseObject(body);
    const value = members && Object.hasOwn(members, name) ? members[name] : undefined;
    return typeof value === 'string' && value !== '' ? [value] : [];
  },
  without: (body, name) => {
    const { [name]: _hidden, ...rest } = parseObject(body) ?? {};
    return Buffer.from(JSON.stringify(rest));
  },
};

const READERS: Readonly<Record<string, BodyReader>> = {
  'application/x-www-form-urlencoded': FORM,
  'application/json': JSON_OBJECT,
};

/** The reader for a request's body, where it is of a type that may hold a parameter, and not compressed. */
export function bodyReaderFor(headers: GatewayHeaders): BodyReader | undefined {
  const [type = ''] = headers['content-type'] ?? [];
  if (headers['content-encoding'] !== undefined) return undefined;
  return READERS[(type.split(';', 1)[0] ?? '').trim().toLowerCase()];
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
