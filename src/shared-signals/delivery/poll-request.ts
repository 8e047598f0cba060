import { type JsonObject } from '../../http/json-object.js';
import { type Rejection } from './backlog.repository.js';

/** What a poll asks for (RFC 8936 §2.2). */
export interface PollRequest {
  readonly maxEvents: number;
  readonly returnImmediately: boolean;
  /** `jti`s of what was taken. */
  readonly taken: readonly string[];
  /** What can't be taken. */
  readonly rejections: readonly Rejection[];
}

/** Security events in one answer at the most. */
const MAX_EVENTS = 100;

const MAX_ERROR = 255;

/** @throws OAuthError `invalid_request` */
export function parsePollRequest(body: JsonObject): PollRequest {
  return {
    maxEvents: Math.min(body.optionalCount('maxEvents') ?? MAX_EVENTS, MAX_EVENTS),
    returnImmediately: body.optionalBoolean('returnImmediately') ?? false,
    taken: body.optionalStrings('ack') ?? [],
    rejections: rejectionsIn(body.optionalObject('setErrs')),
  };
}

function rejectionsIn(errors: JsonObject | undefined): Rejection[] {
  if (!errors) return [];
  return errors.names().map((jti) => {
    const error = errors.object(jti);
    return { jti, error: error.string('err', MAX_ERROR), description: error.optionalString('description') };
  });
}
