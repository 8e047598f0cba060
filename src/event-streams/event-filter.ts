import { OAuthError } from '../common/oauth-error.js';
import { type StoredEvent } from '../events/outbox.repository.js';

/** The query of `GET /events/revocations`, as Fastify parses it. */
export type FilterQuery = Readonly<Record<string, string | string[] | undefined>>;

/** Which events a reader wants: of any of the clients, of any of the types; none named means all. */
export class EventFilter {
  private constructor(
    private readonly clients: readonly string[],
    private readonly types: readonly string[],
  ) {}

  /** @throws OAuthError `invalid_request` for a parameter that there is not */
  static parse({ client_id, type, ...others }: FilterQuery): EventFilter {
    if (Object.keys(others).length > 0) throw OAuthError.invalidRequest('the filters are client_id and type');
    return new EventFilter(asList(client_id), asList(type));
  }

  /** An event that names no client concerns all of them. */
  matches({ type, clientId }: StoredEvent): boolean {
    if (this.types.length > 0 && !this.types.includes(type)) return false;
    return this.clients.length === 0 || clientId === undefined || this.clients.includes(clientId);
  }
}

function asList(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}
