import { request as httpRequest } from 'node:http';

/** An answer, its body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Record<string, unknown> &
    Partial<
      Record<
        'error' | 'error_description' | 'access_token' | 'refresh_token' | 'scope' | 'token_type',
        string
      >
    >;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  /** Values as arrays are sent as so many lines. */
  readonly headers?: Record<string, string | string[]>;
  /** Sent as it is. */
  readonly body?: string | Buffer;
}

/** One request with nothing added and nothing checked, unlike `fetch`. */
export function send(url: string, { method = 'POST', headers = {}, body }: RawRequest = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined ? undefined : Buffer.from(body as string);
    const length = bytes ? { 'content-length': String(bytes.length) } : {};
    const request = httpRequest(
      url,
      { method, headers: { ...length, ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parse(text), text });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

function parse(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body'];
  } catch {
    return {};
  }
}

export const FORM = 'application/x-www-form-urlencoded';

/** HTTP Basic as RFC 6749 §2.3.1 has it: both parts form-urlencoded first. */
export function basic(clientId: string, secret: string): string {
  const encode = (part: string) => new URLSearchParams({ '': part }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(secret)}`).toString('base64')}`;
}

export type Parameters = Record<string, string | readonly string[] | undefined>;

export function formBody(parameters: Parameters): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) form.append(name, one);
  }
  return form.toString();
}

/** Posts a form. */
export function postForm(
  url: string,
  parameters: Parameters,
  headers: Record<string, string | string[]> = {},
): Promise<Answer> {
  return send(url, { headers: { 'content-type': FORM, ...headers }, body: formBody(parameters) });
}
