/** What a terminal would take for a command, or show in another order than it stands there. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;
/** Of these JSON escapes none by itself. */
const UNPRINTABLE_IN_JSON = /[\x7F-\x9F\p{Cf}\u2028\u2029]/gu;

/** Text as it may stand in one line of a terminal: names come from whoever registered them. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** The same of a JSON document, which stays the document that it was. */
export function printableJson(document: unknown): string {
  return JSON.stringify(document, undefined, 2).replace(UNPRINTABLE_IN_JSON, escaped);
}

/** As JSON writes it: a code unit at a time. */
function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
