import { type Answer, formBody, FORM, type Parameters, send } from './http.js';

/** Where a browser has come to: a page, or a place outside the service. */
export interface Visit extends Answer {
  /** The page's; of a place outside its whole URL, which nobody asked for anything. */
  readonly url: URL;
}

/** A form of a page, as a browser would fill it in before anybody types. */
export interface PageForm {
  readonly action: string;
  readonly fields: Record<string, string>;
}

const MAX_REDIRECTS = 10;

/** A browser as far as sign-in needs one: cookies, redirects and forms, over real HTTP. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();

  constructor(private readonly origin: string) {}

  get(url: string): Promise<Visit> {
    return this.visit('GET', new URL(url, this.origin));
  }

  post(url: string, parameters: Parameters): Promise<Visit> {
    return this.visit('POST', new URL(url, this.origin), formBody(parameters));
  }

  /** Sends the only form of a page with what somebody typed or clicked. */
  submit(page: Visit, typed: Record<string, string>): Promise<Visit> {
    const { action, fields } = formOf(page);
    return this.post(new URL(action, page.url).href, { ...fields, ...typed });
  }

  /** One request, no redirect followed. */
  async request(method: string, url: URL, body?: string): Promise<Visit> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      ...(cookie !== '' && { cookie }),
      ...(body !== undefined && { 'content-type': FORM, origin: this.origin }),
    };
    const answer = await send(url.href, { method, headers, body });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) this.keep(line);
    return { ...answer, url };
  }

  private async visit(method: string, url: URL, body?: string): Promise<Visit> {
    let visit = await this.request(method, url, body);
    for (let count = 0; visit.status >= 300 && visit.status < 400; count += 1) {
      if (count === MAX_REDIRECTS) throw new Error(`too many redirects, at last to ${visit.url.pathname}`);
      const next = new URL(String(visit.headers.location), visit.url);
      if (next.origin !== this.origin || next.pathname.includes('/callback')) return { ...visit, url: next };
      visit = await this.request('GET', next);
    }
    return visit;
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const [name = '', value = ''] = pair.trim().split('=');
    const isGone = attributes.some((attribute) => /^\s*max-age=0$/i.test(attribute));
    if (isGone) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The form of a page that has one: where it goes, and the fields with what they hold. */
export function formOf({ text, status }: Answer): PageForm {
  const [, attributes, content] = /<form\b([^>]*)>(.*?)<\/form>/is.exec(text) ?? [];
  if (attributes === undefined || content === undefined)
    throw new Error(`no form on a page of status ${status}: ${text.slice(0, 2_000)}`);
  const inputs = content.match(/<input\b[^>]*>/gi) ?? [];
  const fields = inputs.map((input) => [attribute(input, 'name'), attribute(input, 'value')] as const);
  return {
    action: attribute(`<form ${attributes}>`, 'action'),
    fields: Object.fromEntries(fields.filter(([name]) => name !== '')),
  };
}

function attribute(tag: string, name: string): string {
  const [, value = ''] = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag) ?? [];
  return unescapeHtml(value);
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
