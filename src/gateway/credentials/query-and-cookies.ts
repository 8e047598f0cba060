/** The values of a parameter of the query. */
export function queryValues(target: string, name: string): string[] {
  const [, query] = splitTarget(target);
  return query === undefined ? [] : pairValues(query, name);
}

/** The target without a parameter of its query; all else byte by byte as it came. */
export function withoutQueryParameter(target: string, name: string): string {
  const [path, query] = splitTarget(target);
  if (query === undefined || pairValues(query, name).length === 0) return target;
  const rest = withoutPair(query, name);
  return rest === '' ? path : `${path}?${rest}`;
}

/** The values of a parameter in form-urlencoded pairs; empty ones count for nothing. */
export function pairValues(pairs: string, name: string): string[] {
  return pairs
    .split('&')
    .filter((pair) => nameOf(pair) === name)
    .map((pair) => decode(pair.slice(pair.indexOf('=') + 1)))
    .filter((value) => value !== '');
}

/** Form-urlencoded pairs without those of a name. */
export function withoutPair(pairs: string, name: string): string {
  return pairs
    .split('&')
    .filter((pair) => nameOf(pair) !== name)
    .join('&');
}

/** The values of a cookie, of every `Cookie` line (RFC 6265 §4.2). */
export function cookieValues(lines: readonly string[], name: string): string[] {
  return lines
    .flatMap(cookiesOf)
    .filter((cookie) => cookieName(cookie) === name)
    .map((cookie) => cookie.slice(cookie.indexOf('=') + 1).replace(/^"(.*)"$/, '$1'))
    .filter((value) => value !== '');
}

/** The `Cookie` lines without one cookie; lines that it is not in stay as they came. */
export function withoutCookie(lines: readonly string[], name: string): readonly string[] {
  return lines.map((line) => lineWithoutCookie(line, name)).filter((line) => line !== '');
}

function lineWithoutCookie(line: string, name: string): string {
  const cookies = cookiesOf(line);
  const others = cookies.filter((cookie) => cookieName(cookie) !== name);
  return others.length === cookies.length ? line : others.join('; ');
}

function splitTarget(target: string): [path: string, query: string | undefined] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, undefined] : [target.slice(0, mark), target.slice(mark + 1)];
}

function nameOf(pair: string): string {
  return decode(pair.split('=', 1)[0] ?? '');
}

function cookiesOf(line: string): string[] {
  return line
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');
}

function cookieName(cookie: string): string {
  return cookie.split('=', 1)[0] ?? '';
}

/** What can't be decoded is what it is: no refresh token looks like that. */
function decode(component: string): string {
  if (!/[%+]/.test(component)) return component;
  try {
    return decodeURIComponent(component.replaceAll('+', ' '));
  } catch {
    return component;
  }
}
