import { OAuthError } from '../../common/oauth-error.js';

/** The query of a call that names a stream, as Fastify parses it. */
export type StreamQuery = Readonly<Record<string, string | string[] | undefined>>;

/** @throws OAuthError `invalid_request` when it is repeated */
export function streamIdIn({ stream_id }: StreamQuery): string | undefined {
  if (Array.isArray(stream_id)) throw OAuthError.invalidRequest('stream_id is repeated');
  return stream_id;
}
