import { type GatewayRoute } from './gateway-route.js';
import { isPlain, pathOf, readPath, type Segments, segmentsOf } from './request-path.js';

/** Where a request goes, in the parts that a call takes. */
export interface UpstreamUrl {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Host and port, as in `Host`. */
  readonly host: string;
  /** As a URL has it: with nothing unescaped that does not belong there. */
  readonly path: string;
  /** Without its question mark. */
  readonly query: string;
}

/** A route's upstream and its prefixes, parsed. */
interface Upstream {
  readonly origin: string;
  readonly host: string;
  /** Without a slash at its end. */
  readonly base: string;
  readonly prefixes: readonly Segments[];
}

/** A route that changes is another object. */
const upstreams = new WeakMap<GatewayRoute, Upstream>();

/**
 * Where a request that a route took goes: the upstream's URL, and behind it the request's own path and query as they
 * came, without the prefix that matched where the route strips it.
 */
export function upstreamUrl(route: GatewayRoute, target: string): UpstreamUrl {
  const { origin, host, base, prefixes } = upstreamOf(route);
  const path = pathOf(target);
  const rest = route.strip_path ? withoutSegments(path, matchedLength(prefixes, path)) : path;
  return { origin, host, path: escaped(origin, base + rest), query: target.slice(path.length + 1) };
}

/** Path and query, as a request line has them. */
export function targetOf({ path, query }: UpstreamUrl): string {
  return query === '' ? path : `${path}?${query}`;
}

function upstreamOf(route: GatewayRoute): Upstream {
  let upstream = upstreams.get(route);
  if (!upstream) {
    const { origin, host, pathname } = new URL(route.upstream_url);
    const prefixes = route.paths.map(segmentsOf);
    upstream = { origin, host, base: pathname.replace(/\/+$/, ''), prefixes };
    upstreams.set(route, upstream);
  }
  return upstream;
}

function escaped(origin: string, path: string): string {
  return isPlain(path) ? path : new URL(origin + path).pathname;
}

/** How many segments the longest of the route's prefixes has that the path begins with. */
function matchedLength(prefixes: readonly Segments[], path: string): number {
  const segments = readPath(path)?.strict ?? [];
  let longest = 0;
  for (const prefix of prefixes)
    if (prefix.length > longest && beginsWith(segments, prefix)) longest = prefix.length;
  return longest;
}

function beginsWith(segments: Segments, prefix: Segments): boolean {
  return prefix.every((segment, index) => segments[index] === segment);
}

function withoutSegments(path: string, count: number): string {
  return count === 0 ? path : path.replace(new RegExp(`^(?:/+[^/]+){${count}}`), '');
}
