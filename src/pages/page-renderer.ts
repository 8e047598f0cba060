import { Inject, Injectable } from '@nestjs/common';
import { Eta } from 'eta';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { fileURLToPath } from 'node:url';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { pagesConfig, type PagesSettings } from '../config/pages.config.js';
import { PageAssets } from './page-assets.js';
import { pageHeaders, type PagePermissions } from './page-headers.js';
import { type PageModels, type PageName } from './page-models.js';
import { pageTexts } from './page-texts.js';
import { Translations } from './translations.js';

const TEMPLATES = fileURLToPath(new URL('./templates', import.meta.url));

/** A page to be sent. */
export interface Page<Name extends PageName> extends PagePermissions {
  /** The name of its template. */
  readonly page: Name;
  readonly model: PageModels[Name];
  /** 200 unless told otherwise. */
  readonly status?: number;
  /** OpenID Connect's `ui_locales`, where a client sent some; then what the browser accepts. */
  readonly uiLocales?: string;
}

/** Renders pages for people: in their language, in the brand's look, with every header that keeps a page safe. */
@Injectable()
export class PageRenderer {
  private readonly templates = new Eta({ views: TEMPLATES, cache: true, autoTrim: [false, 'nl'] });

  constructor(
    private readonly translations: Translations,
    private readonly assets: PageAssets,
    @Inject(pagesConfig.KEY) private readonly brand: PagesSettings,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  /** Sends the page. */
  render<Name extends PageName>(request: FastifyRequest, reply: FastifyReply, page: Page<Name>): void {
    void reply
      .status(page.status ?? 200)
      .headers(pageHeaders(this.http.issuerUrl.startsWith('https:'), page))
      .send(this.html(request, page));
  }

  private html<Name extends PageName>(
    request: FastifyRequest,
    { page, model, uiLocales, hasScript = false }: Page<Name>,
  ): string {
    const { locale, t } = this.translations.choose(uiLocales, request.headers['accept-language']);
    return this.templates.render(page, {
      page,
      model,
      t,
      locale,
      hasScript,
      texts: pageTexts(locale, t),
      brand: this.brand.brandName,
      base: this.http.issuerPath,
      asset: (name: Parameters<PageAssets['url']>[0]) => this.assets.url(name),
    });
  }
}
