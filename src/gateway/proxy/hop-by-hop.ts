/** Of one connection, not of the message (RFC 9110 §7.6.1), and what we have dealt with on our own. */
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

type Lines = string | readonly string[] | undefined;

const NONE: readonly string[] = [];

/** Whether a header stays at this hop. @param named what `Connection` lists */
export function isHopByHop(name: string, named: readonly string[]): boolean {
  return HOP_BY_HOP.has(name) || named.includes(name);
}

/** The headers that go on to the next hop. */
export function endToEnd<Value extends Lines>(
  headers: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const named = namesIn(headers.connection);
  const kept: Record<string, Value> = {};
  for (const name of Object.keys(headers)) if (!isHopByHop(name, named)) kept[name] = headers[name] as Value;
  return kept;
}

/** The names in a comma-separated header, in lower case. */
export function namesIn(lines: Lines): readonly string[] {
  // What nearly every answer has, and is of the connection itself.
  if (lines === undefined || lines === 'keep-alive') return NONE;
  return [lines]
    .flat()
    .flatMap((line) => line.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}
