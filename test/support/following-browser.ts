import { actionOf, FormBrowser, hiddenFields } from './browser.js';
import { type Answer, type Parameters } from './http.js';

/** Where a browser has come to. */
export interface Visit extends Answer {
  /** The page's; of a place outside the service, which is asked nothing, all of it. */
  readonly url: URL;
}

const MAX_REDIRECTS = 10;

/** A browser that follows redirects as long as they stay within the service. */
export class FollowingBrowser {
  private readonly browser: FormBrowser;

  constructor(private readonly origin: string) {
    this.browser = new FormBrowser(origin);
  }

  get cookies(): Map<string, string> {
    return this.browser.cookies;
  }

  get(url: string): Promise<Visit> {
    return this.visit(new URL(url, this.origin));
  }

  async post(url: string, parameters: Parameters): Promise<Visit> {
    return this.follow(new URL(url, this.origin), await this.browser.post(url, parameters));
  }

  /** Sends the form of a page with what somebody typed or clicked. */
  submit(page: Visit, typed: Parameters): Promise<Visit> {
    return this.post(new URL(actionOf(page), page.url).href, { ...hiddenFields(page), ...typed });
  }

  private async visit(url: URL): Promise<Visit> {
    return this.follow(url, await this.browser.get(url.href));
  }

  /** A client's callback is outside, wherever it stands. */
  private async follow(url: URL, answer: Answer, count = 0): Promise<Visit> {
    if (answer.status < 300 || answer.status >= 400) return { ...answer, url };
    if (count === MAX_REDIRECTS) throw new Error(`too many redirects, at last from ${url.pathname}`);
    const next = new URL(String(answer.headers.location), url);
    if (next.origin !== this.origin || next.pathname.endsWith('/callback')) return { ...answer, url: next };
    return this.follow(next, await this.browser.get(next.href), count + 1);
  }
}
