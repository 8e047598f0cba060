import { validateHeaderValue } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { OAuthError } from '../../common/oauth-error.js';
import { type JsonObject } from '../../http/json-object.js';
import { POLL, PUSH } from './stream.js';
import { type StreamDocument } from './stream-document.js';

/** How a receiver wants its events. */
export type RequestedDelivery =
  { readonly method: typeof POLL } | ({ readonly method: typeof PUSH } & RequestedPush);

export interface RequestedPush {
  readonly url: string;
  /** The `Authorization` header to push with. */
  readonly authorization?: string;
}

/** What a receiver asks for; what it left out is `undefined`. */
export interface StreamRequest {
  readonly description?: string;
  readonly eventsRequested?: readonly string[];
  readonly delivery?: RequestedDelivery;
}

const MAX_DESCRIPTION = 500;

/** The members that are ours to set; a receiver may repeat them (SSF §8.1.1.3). */
const TRANSMITTER_SUPPLIED = [
  'iss',
  'aud',
  'events_supported',
  'events_delivered',
  'min_verification_interval',
  'inactivity_timeout',
] as const;

/** @throws OAuthError `invalid_request` */
export function parseStreamRequest(body: JsonObject): StreamRequest {
  return {
    description: body.optionalString('description', MAX_DESCRIPTION),
    eventsRequested: body.optionalStrings('events_requested'),
    delivery: parseDelivery(body.optionalObject('delivery')),
  };
}

/** @throws OAuthError `invalid_request` where the body has a member of ours with another value than we have */
export function requireUnchanged(body: JsonObject, current: StreamDocument): void {
  const ours = new Map<string, unknown>(Object.entries(current));
  for (const name of TRANSMITTER_SUPPLIED) {
    if (body.has(name) && !isDeepStrictEqual(body.raw(name), ours.get(name)))
      throw OAuthError.invalidRequest(`${name} is not what the transmitter has`);
  }
  const delivery = body.optionalObject('delivery');
  const { method, endpoint_url } = current.delivery;
  const repeats = delivery?.raw('method') === POLL && delivery.has('endpoint_url');
  if (repeats && method === POLL && delivery.raw('endpoint_url') !== endpoint_url)
    throw OAuthError.invalidRequest('delivery.endpoint_url is not what the transmitter has');
}

function parseDelivery(delivery: JsonObject | undefined): RequestedDelivery | undefined {
  if (!delivery) return undefined;
  const method = delivery.string('method');
  if (method === POLL) return { method };
  if (method !== PUSH) throw OAuthError.invalidRequest(`delivery.method must be ${PUSH} or ${POLL}`);
  const authorization = delivery.optionalString('authorization_header');
  if (authorization !== undefined) requireHeader(authorization);
  return { method, url: delivery.string('endpoint_url'), authorization };
}

function requireHeader(value: string): void {
  try {
    validateHeaderValue('authorization', value);
  } catch {
    throw OAuthError.invalidRequest('delivery.authorization_header is no value for a header');
  }
}
