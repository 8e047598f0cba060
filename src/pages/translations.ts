import { Injectable } from '@nestjs/common';
import { createInstance, type i18n, type TFunction } from 'i18next';
import { readdirSync, readFileSync } from 'node:fs';
import { acceptedLanguages } from './accepted-languages.js';

const FOLDER = new URL('./locales/', import.meta.url);
const FALLBACK = 'en';

/** A language that the texts are there in, and the texts. */
export interface Translation {
  /** As `lang` and `Intl` have it: the language of the texts, with the region that was asked for. */
  readonly locale: string;
  readonly t: TFunction;
}

/** The texts of the pages. A further language is one more file in `locales/`. */
@Injectable()
export class Translations {
  private readonly i18n: i18n;
  /** Language tags that there are texts in. */
  readonly languages: readonly string[];

  constructor() {
    const resources = loadLocales();
    this.languages = Object.keys(resources);
    this.i18n = createInstance({
      resources,
      fallbackLng: FALLBACK,
      // Templates escape.
      interpolation: { escapeValue: false },
      nsSeparator: false,
      initAsync: false,
    });
    void this.i18n.init();
  }

  /**
   * The best of the languages that a person reads.
   *
   * @param uiLocales as OpenID Connect's `ui_locales` has it: language tags separated by spaces, by preference
   * @param acceptLanguage the header (RFC 9110 §12.5.4)
   */
  choose(uiLocales = '', acceptLanguage = ''): Translation {
    const wanted = [...uiLocales.split(' '), ...acceptedLanguages(acceptLanguage)].filter(isLocale);
    const locale = wanted.find((tag) => this.languages.includes(languageOf(tag))) ?? FALLBACK;
    return { locale, t: this.i18n.getFixedT(languageOf(locale)) };
  }
}

function loadLocales(): Record<string, { translation: Record<string, unknown> }> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.map((file) => {
      const texts = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Record<string, unknown>;
      return [file.replace('.json', ''), { translation: texts }];
    }),
  );
}

function languageOf(tag: string): string {
  return new Intl.Locale(tag).language;
}

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
