const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

/** Whether a browser that goes there is safe on its way: https, or http on this machine; no user, no password. */
export function isSecureUrl(value: string): boolean {
  if (!URL.canParse(value) || /[\s"<>\\^`{|}]/.test(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  const isSecure = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
  return isSecure && username === '' && password === '';
}
