import { OAuthError } from '../common/oauth-error.js';
import { type StoredEvent } from '../events/outbox.repository.js';

/** The query of `GET /events/revocations`, as Fastify parses it. */
export type FilterQuery = Readonly<Record<string, string | string[] | undefined>>;

const EVENT_TYPES: Readonly<Record<StoredEvent['type'], true>> = {
  'token-family-revoked': true,
  'access-token-revoked': true,
  'user-tokens-revoked': true,
  'user-client-tokens-revoked': true,
  'client-tokens-revoked': true,
  'all-tokens-revoked': true,
  'signing-key-revoked': true,
};
/** As long as a client's id may be. */
const MAX_LENGTH = 255;
const MAX_VALUES = 100;

/** Which events a reader wants: of any of the clients, of any of the types; none named means all. */
export class EventFilter {
  private constructor(
    private readonly clients: readonly string[],
    private readonly types: readonly string[],
  ) {}

  /** @throws OAuthError `invalid_request` for a parameter or a value that there can't be */
  static parse({ client_id, type, ...others }: FilterQuery): EventFilter {
    if (Object.keys(others).length > 0) throw OAuthError.invalidRequest('the filters are client_id and type');
    const types = asList('type', type);
    // Misspelt it would match nothing, and nobody would notice.
    if (!types.every((one) => Object.hasOwn(EVENT_TYPES, one))) {
      throw OAuthError.invalidRequest('there is no such type of event');
    }
    return new EventFilter(asList('client_id', client_id), types);
  }

  /** An event that names no client concerns all of them. */
  matches({ type, clientId }: StoredEvent): boolean {
    if (this.types.length > 0 && !this.types.includes(type)) return false;
    return this.clients.length === 0 || clientId === undefined || this.clients.includes(clientId);
  }
}

function asList(name: string, value: string | string[] | undefined): string[] {
  const values = value === undefined ? [] : [value].flat();
  if (values.length > MAX_VALUES) throw OAuthError.invalidRequest(`${name} is repeated too often`);
  if (values.some(({ length }) => length === 0)) throw OAuthError.invalidRequest(`${name} is empty`);
  if (values.some(({ length }) => length > MAX_LENGTH))
    throw OAuthError.invalidRequest(`${name} is too long`);
  return values;
}
