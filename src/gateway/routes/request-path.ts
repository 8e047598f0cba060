/** The segments of a path, without empty ones. */
export type Segments = readonly string[];

/**
 * A path as its two kinds of readers take it. RFC 3986 has `%2F` and `;` as part of a segment; many a server behind
 * us takes `%2F` and `\` for a slash and drops what follows `;`.
 */
export interface RequestPath {
  readonly strict: Segments;
  readonly lenient: Segments;
}

/** Of which there is but one reading: nothing is escaped, and no segment begins with a dot. */
const PLAIN = /^(?:\/[\w~-][\w.~-]*)*\/?$/;
const PRINTABLE = /^\/[\x21-\x7E]*$/;
const BROKEN_ESCAPE = /%(?![\da-f]{2})/i;
const UNPRINTABLE_ESCAPE = /%(?:[01][\da-f]|7f)/i;
const UNRESERVED = /[\w.~-]/;

/**
 * Reads the path of a request's target, with or without its query.
 *
 * @returns `undefined` for what no route may take: no path at all, broken or unprintable escapes, and dot segments
 *   in whatever disguise, which would lead out of the prefix that was matched
 */
export function readPath(target: string): RequestPath | undefined {
  const path = pathOf(target);
  if (isPlain(path)) return plainPath(path);
  if (!PRINTABLE.test(path) || path.includes('#')) return undefined;
  if (BROKEN_ESCAPE.test(path) || UNPRINTABLE_ESCAPE.test(path)) return undefined;
  const lenient = segmentsOf(decodeAll(path).replaceAll('\\', '/')).map(withoutParameters);
  if (lenient.some((segment) => segment === '.' || segment === '..')) return undefined;
  return { strict: segmentsOf(decodeUnreserved(path)), lenient: lenient.filter(isNotEmpty) };
}

/** A request's target without its query. */
export function pathOf(target: string): string {
  const mark = target.indexOf('?');
  return mark < 0 ? target : target.slice(0, mark);
}

/** Whether a path is read in one way by everybody, and stays as it is in a URL. */
export function isPlain(path: string): boolean {
  return path !== '' && PLAIN.test(path);
}

function plainPath(path: string): RequestPath {
  const segments = segmentsOf(path);
  return { strict: segments, lenient: segments };
}

/** The segments of a route's prefix, in which nothing is escaped. */
export function segmentsOf(path: string): string[] {
  return path.split('/').filter(isNotEmpty);
}

function isNotEmpty(segment: string): boolean {
  return segment !== '';
}

function withoutParameters(segment: string): string {
  return segment.replace(/;.*$/s, '');
}

/** Byte by byte: what it means is the upstream's business. */
function decodeAll(path: string): string {
  return path.replace(/%([\da-f]{2})/gi, (_escape, digits: string) => characterOf(digits));
}

/** RFC 3986 §6.2.2: escapes of unreserved characters are as good as those. */
function decodeUnreserved(path: string): string {
  return path.replace(/%([\da-f]{2})/gi, (escape, digits: string) => {
    const character = characterOf(digits);
    return UNRESERVED.test(character) ? character : escape.toUpperCase();
  });
}

function characterOf(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16));
}
