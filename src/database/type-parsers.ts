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
const UTC_TIMESTAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/;
/** No quotes, escapes, nesting or NULL. */
const PLAIN_ARRAY = /^\{[^"\\{}]*\}$/;

function parseTimestamp(text: string): unknown {
  if (!UTC_TIMESTAMP.test(text)) return usualParser(TIMESTAMPTZ)(text);
  return new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
}

function parseTextArray(text: string): unknown {
  if (text === '{}') return [];
  if (!PLAIN_ARRAY.test(text) || text.includes('NULL')) return usualParser(TEXT_ARRAY)(text);
  return text.slice(1, -1).split(',');
}
