import pg, { type CustomTypesConfig } from 'pg';

type Parser = (text: string) => unknown;

/** Object ids of types, as `pg_type` has them. */
const [TEXT_ARRAY, TIMESTAMPTZ] = [1009, 1184];

const usualParser: (oid: number, format?: 'text' | 'binary') => Parser = pg.types.getTypeParser;

/**
 * How values of Postgres are read: as `pg` does, but for the two kinds that every rotation returns several
 * of, whose usual form needs no general parser.
 */
export const typeParsers: CustomTypesConfig = {
  getTypeParser(oid: number, format: 'text' | 'binary' = 'text'): Parser {
    if (format === 'text' && oid === TIMESTAMPTZ) return parseTimestamp;
    if (format === 'text' && oid === TEXT_ARRAY) return parseTextArray;
    return usualParser(oid, format);
  },
};

/** In UTC it is ISO 8601 but for two characters. */
const UTC_TIMESTAMP = /^[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/;
const ZERO = 48;
const WITH_MILLISECONDS = '2026-11-22 00:00:00.000+00'.length;
/** No quotes, escapes, nesting or NULL. */
const PLAIN_ARRAY = /^\{[^"\\{}]*\}$/;

function parseTimestamp(text: string): unknown {
  if (!UTC_TIMESTAMP.test(text)) return usualParser(TIMESTAMPTZ)(text);
  const at = (offset: number): number => digits(text, offset);
  const milliseconds = millisecondsOf(text);
  return new Date(Date.UTC(at(0) * 100 + at(2), at(5) - 1, at(8), at(11), at(14), at(17), milliseconds));
}

/** The number of two digits. */
function digits(text: string, offset: number): number {
  return (text.charCodeAt(offset) - ZERO) * 10 + text.charCodeAt(offset + 1) - ZERO;
}

/** Postgres writes as many digits of a fraction as it needs. */
function millisecondsOf(text: string): number {
  if (text.length < WITH_MILLISECONDS) return Math.round(Number(`0${text.slice(19, -3)}`) * 1000);
  return digits(text, 20) * 10 + text.charCodeAt(22) - ZERO;
}

function parseTextArray(text: string): unknown {
  if (text === '{}') return [];
  if (!PLAIN_ARRAY.test(text) || text.includes('NULL')) return usualParser(TEXT_ARRAY)(text);
  return text.slice(1, -1).split(',');
}
