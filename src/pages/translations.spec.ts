import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { PAGE_ERROR_KINDS } from './page-error.js';
import { ACCOUNT_NOTICES } from './page-models.js';
import { pageTexts } from './page-texts.js';
import { Translations } from './translations.js';

type Texts = { readonly [key: string]: string | Texts };

const LOCALES = new URL('./locales/', import.meta.url);
const TEMPLATES = new URL('./templates/', import.meta.url);
const texts = Object.fromEntries(
  readdirSync(LOCALES).map((file) => [
    file,
    JSON.parse(readFileSync(new URL(file, LOCALES), 'utf8')) as Texts,
  ]),
);

/** Each text by its key, with the names of what is put into it. */
function holes(value: Texts, path = ''): string[] {
  return Object.entries(value).flatMap(([key, text]) =>
    typeof text === 'string'
      ? [
          `${path}${key} ${[...text.matchAll(/{{(\w+)}}/g)]
            .map(([, name]) => name)
            .sort()
            .join()}`,
        ]
      : holes(text, `${path}${key}.`),
  );
}

describe('the texts of the pages', () => {
  it('are there in more than one language', () => {
    expect(Object.keys(texts)).toEqual(['de.json', 'en.json']);
  });

  it('are the same ones in each language, with the same things put into them', () => {
    const [first, ...others] = Object.values(texts).map((locale) => holes(locale).sort());
    for (const other of others) expect(other).toEqual(first);
  });

  it('hold no empty text and no markup', () => {
    for (const locale of Object.values(texts)) expect(JSON.stringify(locale)).not.toMatch(/""|[<>&]/);
  });

  it('are each used by a template, and each that a template asks for is there', () => {
    const source = readdirSync(TEMPLATES)
      .map((file) => readFileSync(new URL(file, TEMPLATES), 'utf8'))
      .join('\n');
    const { t } = new Translations().choose('en');
    const asked = [...source.matchAll(/\bt\('([\w.]+)'/g)].map(([, key = '']) => key);
    expect(asked.length).toBeGreaterThan(40);
    for (const key of asked) expect(t(key, { count: 2 })).not.toBe(key);
    const prefixes = [...source.matchAll(/\bt\(`([\w.]+)\$/g)].map(([, prefix = '']) => prefix);
    const isUsed = (key: string) => asked.includes(key) || prefixes.some((prefix) => key.startsWith(prefix));
    const keys = holes(texts['en.json']!).map((line) => line.replace(/(_zero|_one|_other)? .*/, ''));
    expect(keys.filter((key) => !isUsed(key) && !/^(scopes\.|justNow$)/.test(key))).toEqual([]);
  });

  it('are there for each kind of error and each notice', () => {
    const { t } = new Translations().choose('de');
    const keys = [
      ...PAGE_ERROR_KINDS.flatMap((kind) => [`errors.${kind}.title`, `errors.${kind}.text`]),
      ...ACCOUNT_NOTICES.map((notice) => `account.notices.${notice}`),
    ];
    for (const key of keys) expect(t(key)).not.toBe(key);
  });
});

describe('the language of a page', () => {
  const translations = new Translations();

  it.each([
    ['', '', 'en'],
    ['', 'de', 'de'],
    ['', 'de-AT,de;q=0.9,en;q=0.8', 'de-AT'],
    ['', 'en;q=0.4, de;q=0.6', 'de'],
    ['', 'de;q=0, en;q=0.1', 'en'],
    ['', 'fr, ja;q=0.9', 'en'],
    ['', '*', 'en'],
    ['', '<script>, de', 'de'],
    ['', ';;;,,,q=', 'en'],
    ['', 'DE', 'DE'],
    ['fr de', 'en', 'de'],
    ['fr', 'de', 'de'],
    ['en-GB', 'de', 'en-GB'],
    ['"><script>', 'de', 'de'],
  ])('for ui_locales %j and Accept-Language %j is %s', (uiLocales, acceptLanguage, locale) => {
    expect(translations.choose(uiLocales, acceptLanguage).locale).toBe(locale);
  });
});

describe('what is said in the words of a language', () => {
  const say = (locale: string) => pageTexts(locale, new Translations().choose(locale).t);
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

  it.each([
    ['en', 5, 'just now'],
    ['en', 90, '1 minute ago'],
    ['en', 3 * 3_600 + 60, '3 hours ago'],
    ['en', 26 * 3_600, 'yesterday'],
    ['de', 3 * 86_400 + 60, 'vor 3 Tagen'],
  ])('in %s, %s seconds ago is %s', (locale, seconds, text) => {
    expect(say(locale).ago(ago(seconds))).toBe(text);
  });

  it('is a scope itself where there are no words for it', () => {
    for (const scope of ['orders:read', 'a.b', 'constructor', '__proto__', ''])
      expect(say('en').scope(scope)).toBe(scope);
    expect(say('de').scope('email')).toBe('Ihre E-Mail-Adresse sehen');
  });
});
