import { describe, expect, it } from '@jest/globals';
import { claimsProblems } from './user-claims.js';

const SOUND = {
  name: 'Änn 😀',
  given_name: 'Ann',
  profile: 'https://example.com/ann',
  picture: 'http://localhost:8080/ann.png',
  email_verified: false,
  birthdate: '0000-02-29',
  zoneinfo: 'Europe/Paris',
  locale: 'en_US',
  phone_number: '+1 (425) 555-1212',
  phone_number_verified: true,
  address: { formatted: '1 Street\nTown', country: 'FR' },
  'https://example.com/groups': ['a', { b: [null, 1, true] }],
};

describe('claimsProblems', () => {
  it('finds nothing wrong with standard claims and with others', () => {
    expect(claimsProblems(SOUND)).toEqual([]);
    expect(claimsProblems({})).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a name that is a number', { name: 7 }, 'claims/name'],
    ['an empty name', { name: '' }, 'claims/name'],
    ['a name of 1025 characters', { name: 'x'.repeat(1025) }, 'claims/name'],
    ['a flag that is text', { email_verified: 'true' }, 'claims/email_verified'],
    ['a picture that a browser would run', { picture: 'javascript:alert(1)' }, 'claims/picture'],
    ['a website without a scheme', { website: 'example.com' }, 'claims/website'],
    ['a day that there is not', { birthdate: '1999-02-29' }, 'claims/birthdate'],
    ['a birthdate in another form', { birthdate: '1.2.1999' }, 'claims/birthdate'],
    ['a time zone that there is not', { zoneinfo: 'Mars/Base' }, 'claims/zoneinfo'],
    ['a locale that is none', { locale: 'english please' }, 'claims/locale'],
    ['an address that is text', { address: '1 Street' }, 'claims/address'],
    ['an address with another member', { address: { planet: 'Mars' } }, 'claims/address'],
    ['null', { nickname: null }, 'claims/nickname'],
    ['null in a claim of its own', { department: null }, 'claims/department'],
    ['the subject', { sub: 'another' }, 'claims/sub'],
    ['the address, which has a place of its own', { email: 'a@example.com' }, 'claims/email'],
    ['the scope', { scope: 'admin' }, 'claims/scope'],
    ['what is no name', JSON.parse('{"__proto__":1}') as Record<string, unknown>, 'claims/__proto__'],
    ['a name with a space', { 'a b': 1 }, 'claims/a b'],
    ['a name beyond ASCII', { ä: 1 }, 'claims/ä'],
    ['a name that a pointer escapes', { 'a/~ b': 1 }, 'claims/a~1~0 b'],
    ['NUL deep down', { a: [{ b: '\0' }] }, 'claims'],
    ['half a surrogate pair', { a: '\ud800' }, 'claims'],
    ['too much', { a: 'x'.repeat(8_192) }, 'claims'],
  ])('finds %s', (_, claims, field) => {
    expect(claimsProblems(claims)).toEqual([{ field, problem: expect.any(String) }]);
  });

  it('does not take what every object inherits for a standard claim', () => {
    expect(claimsProblems({ constructor: 1, toString: 'x' })).toEqual([]);
  });

  it.each([[null], [[]], ['text'], [7]])('takes %j for no claims at all', (claims) => {
    expect(claimsProblems(claims)).toEqual([{ field: 'claims', problem: 'must be an object' }]);
  });
});
