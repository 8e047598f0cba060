import { SUPPORTED_EVENTS } from '../events/event-types.js';
import { type DefaultSubjects } from '../subjects/subject-keys.js';

/** Delivery methods by the names that SSF has for them (SSF §6.1). */
export const PUSH = 'urn:ietf:rfc:8935';
export const POLL = 'urn:ietf:rfc:8936';

/** `paused` holds events, `disabled` drops them (SSF §8.1.2.1). */
export const STATUSES = ['enabled', 'paused', 'disabled'] as const;
export type StreamStatus = (typeof STATUSES)[number];

/** What the receiver decides about a stream. */
export interface ReceiverSettings {
  readonly description: string | null;
  /** Event types; `null` for all there are. */
  readonly eventsRequested: readonly string[] | null;
  /** Where events are pushed to; `null` for a stream that is polled. */
  readonly pushUrl: string | null;
  /** The `Authorization` header to push with, sealed; see `PushAuthorizations`. */
  readonly pushAuthorization: Buffer | null;
  /** Of the root key that it is sealed under. */
  readonly pushAuthorizationVersion: number | null;
}

/** An event stream of one receiver. */
export interface Stream extends ReceiverSettings {
  /** A UUID. */
  readonly id: string;
  /** Who receives it, and its audience. */
  readonly clientId: string;
  readonly defaultSubjects: DefaultSubjects;
  readonly status: StreamStatus;
  readonly statusReason: string | null;
}

/** The event types that a stream is sent, besides what it says of itself. */
export function eventsDelivered({ eventsRequested }: Pick<Stream, 'eventsRequested'>): readonly string[] {
  return SUPPORTED_EVENTS.filter((type) => eventsRequested?.includes(type) ?? true);
}
