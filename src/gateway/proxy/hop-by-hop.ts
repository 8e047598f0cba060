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

/** The headers that go on to the next hop. */
export function endToEnd<Value extends Lines>(
  headers: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const named = connectionOptions(headers.connection);
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)),
  );
}

/** The names in a comma-separated header, in lower case. */
export function listedNames(lines: Lines): string[] {
  return [lines ?? []]
    .flat()
    .flatMap((line) => line.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}

function connectionOptions(lines: Lines): ReadonlySet<string> {
  return new Set(listedNames(lines));
}
