import { describe, expect, it } from '@jest/globals';
import pg, { type CustomTypesConfig } from 'pg';
import { typeParsers } from './type-parsers.js';

const [TEXT_ARRAY, TIMESTAMPTZ] = [1009, 1184];

function read(types: CustomTypesConfig, oid: number, text: string): unknown {
  const parserOf: (oid: number) => (text: string) => unknown = types.getTypeParser;
  return parserOf(oid)(text);
}

describe('typeParsers', () => {
  it.each([
    '2026-11-21 02:58:11.402123+00',
    '2026-11-21 02:58:11+00',
    '2026-11-21 02:58:11.4+00',
    '2026-11-21 02:58:11.57+00',
    '2026-11-21 02:58:11.999+00',
    '2026-11-21 02:58:11.999999+00',
    '2024-02-29 23:59:59.000001+00',
    '0099-12-31 00:00:00+00',
    '0001-01-01 00:00:00.5+00',
    '2026-11-21 02:58:11.402+05:30',
    '0044-03-15 12:00:00+00 BC',
    '12026-11-21 02:58:11+00',
    'infinity',
    '-infinity',
  ])('reads the timestamp %s as pg does', (text) => {
    expect(read(typeParsers, TIMESTAMPTZ, text)).toEqual(read(pg.types, TIMESTAMPTZ, text));
  });

  it.each([
    '{}',
    '{read}',
    '{read,write}',
    '{"a b",c}',
    '{"a\\\\b"}',
    '{NULL,a}',
    '{nullable,"NULL"}',
    '{https://a/b}',
  ])('reads the array %s as pg does', (text) => {
    expect(read(typeParsers, TEXT_ARRAY, text)).toEqual(read(pg.types, TEXT_ARRAY, text));
  });

  it.each([
    [23, '42'],
    [16, 't'],
    [114, '{"a":1}'],
    [17, '\\x00ff'],
  ])('leaves type %i to pg', (oid, text) => {
    expect(read(typeParsers, oid, text)).toEqual(read(pg.types, oid, text));
  });
});
