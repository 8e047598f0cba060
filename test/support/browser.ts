import { type Answer, FORM, formBody, type Parameters, send } from './http.js';

/** A browser's part in HTTP: it keeps cookies and sends forms, and follows nothing by itself. */
export class FormBrowser {
  readonly cookies = new Map<string, string>();

  constructor(
    private readonly origin: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  async get(path: string): Promise<Answer> {
    return this.keep(await send(this.absolute(path), { method: 'GET', headers: this.sent() }));
  }

  async post(path: string, fields: Parameters): Promise<Answer> {
    const headers = { ...this.sent(), 'content-type': FORM };
    return this.keep(await send(this.absolute(path), { headers, body: formBody(fields) }));
  }

  /** Sends the page's form as a person does who fills in these fields. */
  submit(page: Answer, fields: Parameters = {}): Promise<Answer> {
    return this.post(actionOf(page), { ...hiddenFields(page), ...fields });
  }

  private absolute(path: string): string {
    return new URL(path, this.origin).href;
  }

  private sent(): Record<string, string> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return cookie === '' ? this.headers : { ...this.headers, cookie };
  }

  private keep(answer: Answer): Answer {
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

/** Where the first form of a page is posted to. */
export function actionOf({ text }: Answer): string {
  return unescapeHtml(/<form[^>]* action="([^"]*)"/.exec(text)?.[1] ?? '');
}

/** The hidden fields of a page's first form. */
export function hiddenFields({ text }: Answer): Record<string, string> {
  const form = /<form.*?<\/form>/s.exec(text)?.[0] ?? '';
  const fields = form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
  return Object.fromEntries([...fields].map(([, name = '', value = '']) => [name, unescapeHtml(value)]));
}

function unescapeHtml(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_, name: string) => entities[name] ?? '');
}
