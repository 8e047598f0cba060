import { type GatewayRoute } from './gateway-route.js';
import { readPath, type Segments, segmentsOf } from './request-path.js';

/**
 * Where a request that a route took goes: the upstream's URL, and behind it the request's own path and query as they
 * came, without the prefix that matched where the route strips it.
 */
export function upstreamUrl(route: GatewayRoute, target: string): string {
  const [path = ''] = target.split('?', 1);
  const rest = route.strip_path ? withoutSegments(path, matchedLength(route, path)) : path;
  const { origin, pathname } = new URL(route.upstream_url);
  const whole = pathname.replace(/\/+$/, '') + rest;
  return `${origin}${whole === '' ? '/' : whole}${target.slice(path.length)}`;
}

/** How many segments the longest of the route's prefixes has that the path begins with. */
function matchedLength({ paths }: GatewayRoute, path: string): number {
  const segments = readPath(path)?.strict ?? [];
  const lengths = paths
    .map(segmentsOf)
    .filter((prefix) => beginsWith(segments, prefix))
    .map((prefix) => prefix.length);
  return Math.max(0, ...lengths);
}

function beginsWith(segments: Segments, prefix: Segments): boolean {
  return prefix.every((segment, index) => segments[index] === segment);
}

function withoutSegments(path: string, count: number): string {
  return path.replace(new RegExp(`^(?:/+[^/]+){${count}}`), '');
}
