import { type GatewayRoute } from './gateway-route.js';
import { readPath, type Segments, segmentsOf } from './request-path.js';

/** One way into a route: a host pattern (`''` for any host) below one prefix. */
interface Entry {
  readonly route: GatewayRoute;
  readonly host: string;
}

/**
 * Routes, ready to be looked up. Of those that take a request the longest prefix wins; then an exact host before a
 * wildcard (the longer one first) before any; then a route that names methods; then the one whose name comes first.
 */
export class RouteTable {
  private readonly entries = new Map<string, Entry[]>();
  private readonly depth: number;

  constructor(readonly routes: readonly GatewayRoute[]) {
    const depths = routes.flatMap(({ paths }) => paths.map((path) => segmentsOf(path).length));
    this.depth = depths.reduce((left, right) => Math.max(left, right), 0);
    for (const route of routes) this.add(route);
    for (const entries of this.entries.values()) entries.sort(byPrecedence);
  }

  /**
   * The route that takes a request.
   *
   * @param host as in the `Host` header
   * @param target the path as it came, with or without the query
   * @returns `undefined` where none takes it, or where it depends on the reader which one does: what is one segment
   *   to us and two to the server behind us must not get there by a route that would not have let it pass
   */
  match(host: string, method: string, target: string): GatewayRoute | undefined {
    const path = readPath(target);
    if (!path) return undefined;
    const name = hostname(host);
    const route = this.find(path.strict, name, method);
    if (path.lenient === path.strict) return route;
    return this.find(path.lenient, name, method) === route ? route : undefined;
  }

  private add(route: GatewayRoute): void {
    for (const path of route.paths) {
      const key = keyOf(segmentsOf(path));
      const known = this.entries.get(key) ?? [];
      const hosts = route.hosts.length > 0 ? route.hosts : [''];
      this.entries.set(key, [...known, ...hosts.map((host) => ({ route, host }))]);
    }
  }

  private find(segments: Segments, host: string, method: string): GatewayRoute | undefined {
    for (let length = Math.min(segments.length, this.depth); length >= 0; length -= 1) {
      const entries = this.entries.get(keyOf(segments.slice(0, length)));
      const found = entries?.find((entry) => takes(entry, host, method));
      if (found) return found.route;
    }
    return undefined;
  }
}

function keyOf(segments: Segments): string {
  return segments.join('/');
}

/** In lower case, without port and without the dot of the root. */
function hostname(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

function takes({ route: { methods }, host: pattern }: Entry, host: string, method: string): boolean {
  if (methods.length > 0 && !methods.includes(method)) return false;
  if (pattern === '') return true;
  return isWildcard(pattern)
    ? host.endsWith(pattern.slice(1)) && host.length >= pattern.length
    : host === pattern;
}

function byPrecedence(left: Entry, right: Entry): number {
  return (
    hostRank(left) - hostRank(right) ||
    right.host.length - left.host.length ||
    methodRank(left) - methodRank(right) ||
    (left.route.name < right.route.name ? -1 : 1)
  );
}

function hostRank({ host }: Entry): number {
  if (host === '') return 2;
  return isWildcard(host) ? 1 : 0;
}

function methodRank({ route }: Entry): number {
  return route.methods.length > 0 ? 0 : 1;
}

function isWildcard(host: string): boolean {
  return host.startsWith('*.');
}
