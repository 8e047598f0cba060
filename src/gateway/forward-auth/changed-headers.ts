import { type GatewayHeaders } from '../authenticator/gateway-request.js';

/**
 * What a proxy must change in the headers of a request: a new value for each that is another now, and an empty one for
 * each that must not go on, since a proxy that copies headers of our answer leaves alone what is not among them.
 *
 * @param always names of headers that are told even where they stay as they are
 */
export function changedHeaders(
  before: GatewayHeaders,
  after: GatewayHeaders,
  always: readonly string[] = [],
): Record<string, string> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names]
    .map((name) => [name, joined(name, before[name]), joined(name, after[name])] as const)
    .filter(([name, old, now]) => old !== now || always.includes(name))
    .map(([name, , now]) => [name, now]);
  return Object.fromEntries(changed) as Record<string, string>;
}

function joined(name: string, lines: readonly string[] = []): string {
  return lines.join(name === 'cookie' ? '; ' : ', ');
}
