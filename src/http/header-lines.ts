import { type IncomingMessage } from 'node:http';

/**
 * Every line of a header, as sent: Node joins or drops repeats otherwise.
 *
 * @param name in lower case
 */
export function headerLines({ headers, rawHeaders }: IncomingMessage, name: string): string[] {
  if (headers[name] === undefined) return [];
  // Names and values in turn. `headersDistinct` would take every header apart for the sake of one.
  return rawHeaders.filter(
    (_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  );
}
