import { type TFunction } from 'i18next';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** What templates say in the words of a language that are not in its file. */
export interface PageTexts {
  /** How long ago, as `3 hours ago`. */
  ago(time: Date): string;
  /** The time itself, in UTC. */
  exactly(time: Date): string;
  /** What a scope lets a client do; the scope itself where we have no words for it. */
  scope(scope: string): string;
}

/** @param locale a language tag */
export function pageTexts(locale: string, t: TFunction): PageTexts {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const absolute = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  const scopes = t('scopes', { returnObjects: true }) as Readonly<Record<string, string>>;
  return {
    ago: (time) => {
      const seconds = Math.round((time.getTime() - Date.now()) / 1000);
      const unit = UNITS.find(([, length]) => Math.abs(seconds) >= length);
      return unit ? relative.format(Math.trunc(seconds / unit[1]), unit[0]) : t('justNow');
    },
    exactly: (time) => `${absolute.format(time)} UTC`,
    scope: (scope) => (Object.hasOwn(scopes, scope) ? (scopes[scope] ?? scope) : scope),
  };
}
