/**
 * Makes POST requests of a form by an authenticated client.
 *
 * @param {string} path
 * @param {{ port: number, credentials: { id: string, secret: string } }} target
 * @returns {(form: string) => string} the whole request, for a body in `application/x-www-form-urlencoded`
 */
export function formPost(path, { port, credentials: { id, secret } }) {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Authorization: Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Length: ',
  ].join('\r\n');
  return (form) => `${head}${form.length}\r\n\r\n${form}`;
}

/**
 * @param {string} path
 * @param {{ port: number }} target
 * @returns {string} the whole request
 */
export function get(path, { port }) {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
}
