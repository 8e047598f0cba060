import { SUPPORTED_EVENTS } from '../events/event-types.js';
import { eventsDelivered, POLL, PUSH, type Stream } from './stream.js';

/** A stream's configuration as receivers see it (SSF §8.1.1). The receiver's `authorization_header` is never in it. */
export interface StreamDocument {
  readonly stream_id: string;
  readonly iss: string;
  readonly aud: string;
  readonly events_supported: readonly string[];
  readonly events_requested?: readonly string[];
  readonly events_delivered: readonly string[];
  readonly delivery: { readonly method: typeof PUSH | typeof POLL; readonly endpoint_url: string };
  /** Seconds. */
  readonly min_verification_interval: number;
  readonly description?: string;
}

/** @param verificationInterval seconds */
export function streamDocument(stream: Stream, issuer: string, verificationInterval: number): StreamDocument {
  const { id, clientId, description, eventsRequested, pushUrl } = stream;
  return {
    stream_id: id,
    iss: issuer,
    aud: clientId,
    events_supported: SUPPORTED_EVENTS,
    ...(eventsRequested !== null && { events_requested: eventsRequested }),
    events_delivered: eventsDelivered(stream),
    delivery:
      pushUrl === null
        ? { method: POLL, endpoint_url: `${issuer}/ssf/poll/${id}` }
        : { method: PUSH, endpoint_url: pushUrl },
    min_verification_interval: verificationInterval,
    ...(description !== null && { description }),
  };
}
