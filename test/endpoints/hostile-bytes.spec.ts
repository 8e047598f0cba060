import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { formBody } from '../support/http.js';
import { createUser, startApp, type TestApp } from '../support/test-app.js';
import {
  type Ask,
  ask,
  byBasic,
  byPost,
  expectError,
  expectUntouched,
  merge,
  postRaw,
  soundGrant,
} from '../support/token-errors.js';

const bytes = (...values: number[]) => Buffer.from(values);

/** What no form may hold. */
const BROKEN: [name: string, value: Buffer][] = [
  ['a raw NUL byte', bytes(0)],
  ['%00', Buffer.from('%00')],
  ['a NUL byte between letters', Buffer.from('a%00b')],
  ['a raw 0xFF', bytes(0xff)],
  ['%ff', Buffer.from('%ff')],
  ['half a raw character', bytes(0xe2, 0x82)],
  ['half a character', Buffer.from('%e2%82')],
  ['half of it raw', Buffer.concat([Buffer.from('%e2'), bytes(0x82)])],
  ['an overlong NUL', Buffer.from('%c0%80')],
  ['an overlong slash', Buffer.from('%c0%af')],
  ['a surrogate', Buffer.from('%ed%a0%80')],
  ['a code point beyond Unicode', Buffer.from('%f4%90%80%80')],
  ['Latin-1', bytes(0x61, 0xe9, 0x62)],
  ['UTF-16 with a mark', bytes(0xff, 0xfe, 0x61, 0x00)],
  ['%', Buffer.from('%')],
  ['%e', Buffer.from('%e')],
  ['%z1', Buffer.from('%z1')],
  ['%u0041', Buffer.from('%u0041')],
  ['%%', Buffer.from('%%')],
];

const PLACES = [
  'refresh_token',
  'grant_type',
  'scope',
  'resource',
  'username',
  'client_id',
  'client_secret',
  'x',
];

/** Well-formed, and meant for someone behind us: a database, a log, a header, a page. */
const META = [
  "' OR '1'='1",
  "'; DROP TABLE token_family; --",
  '$1',
  '{1,2}',
  '\\',
  '"',
  '%',
  '\r\nSet-Cookie: a=b',
  '\n\n<script>alert(1)</script>',
  '${jndi:ldap://127.0.0.1/a}',
  '\u202Egnirts',
  '\uFEFF',
  '\u{1F98A}'.repeat(100),
  'é'.normalize('NFD'),
  '\u007F\u0001',
  'a'.repeat(8_000),
];

describe('token endpoint: hostile bytes', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ CLIENT_FAILURE_LIMIT: '10000', LOGIN_FAILURE_LIMIT: '10000' });
  });
  afterAll(() => service.stop());

  const begin = () => soundGrant(service, 'refresh_token');
  const form = (sound: Partial<Ask>) => Buffer.from(formBody(sound.parameters!));

  describe.each(BROKEN)('%s', (_name, value) => {
    it.each(PLACES)('is answered invalid_request in the value of %s (A1)', async (place) => {
      const sound = await begin();
      const others: Partial<Ask> = { parameters: { ...sound.parameters, [place]: undefined } };
      const body = Buffer.concat([form(others), Buffer.from(`&${place}=`), value]);
      expectError(await postRaw(service, body), 400, 'invalid_request');
      const first = Buffer.concat([Buffer.from(`${place}=`), value, Buffer.from('&'), form(others)]);
      expectError(await postRaw(service, first), 400, 'invalid_request');
      await expectUntouched(service, sound, byBasic());
    });

    it('is answered invalid_request in a name, and behind a good value (A1)', async () => {
      const sound = await begin();
      for (const [before, after] of [
        ['&', '=1'],
        ['&', ''],
        ['', '&'],
      ]) {
        const body = Buffer.concat([form(sound), Buffer.from(before!), value, Buffer.from(after!)]);
        expectError(await postRaw(service, body), 400, 'invalid_request');
      }
      await expectUntouched(service, sound, byBasic());
    });
  });

  describe.each(META)('%j', (value) => {
    it('is no client: 401, by post, by name and by Basic', async () => {
      const sound = await begin();
      const nobody = [byPost(value, 'any'), { parameters: { client_id: value } }, byBasic(value, 'any')];
      for (const stranger of nobody) {
        expectError(await ask(service, sound, stranger), 401, 'invalid_client');
      }
      await expectUntouched(service, sound, byBasic());
    });

    it('is no secret: 401, by post and by Basic', async () => {
      const sound = await begin();
      for (const wrong of [byPost('demo', value), byBasic('demo', value)]) {
        expectError(await ask(service, sound, wrong), 401, 'invalid_client');
      }
      await expectUntouched(service, sound, byBasic());
    });

    it('is no scope, resource, grant type or token', async () => {
      const sound = await begin();
      const answers = [
        ['scope', 'invalid_scope'],
        ['resource', 'invalid_target'],
        ['grant_type', 'unsupported_grant_type'],
        ['refresh_token', 'invalid_grant'],
      ] as const;
      for (const [name, error] of answers) {
        expectError(await ask(service, sound, byBasic(), { parameters: { [name]: value } }), 400, error);
      }
      expect((await ask(service, sound, byBasic(), { parameters: { [`x${value}`]: '1' } })).status).toBe(200);
    });

    it('is no user and no password', async () => {
      const request = await soundGrant(service, 'password');
      for (const parameters of [{ username: value }, { password: value }]) {
        expectError(await ask(service, request, byBasic(), { parameters }), 400, 'invalid_grant');
      }
      await expectUntouched(service, request, byBasic());
    });
  });

  it.each(['Jörg Müller', '漢字', '\u{1F98A}', "O'Brien; --", 'a+b %41&=', 'in between'])(
    'signs in a user called %j, raw or percent-encoded, and nobody of a shorter name',
    async (username) => {
      await createUser(service, username, 'pässwörd & more');
      const parameters = { grant_type: 'password', username, password: 'pässwörd & more' };
      expect((await ask(service, { parameters }, byBasic())).status).toBe(200);
      const raw = `grant_type=password&username=${escape(username)}&password=${escape(parameters.password)}`;
      expect((await postRaw(service, raw)).status).toBe(200);
      const shorter = { parameters: { username: `${username.slice(0, -1)}?` } };
      expectError(await ask(service, merge({ parameters }, byBasic(), shorter)), 400, 'invalid_grant');
    },
  );

  it('compares all of a long password: one of the same first 1024 characters is wrong', async () => {
    await createUser(service, 'long', 'p'.repeat(1_024));
    const request = (length: number) => ({
      parameters: { grant_type: 'password', username: 'long', password: 'p'.repeat(length) },
    });
    for (const length of [1_023, 1_025, 2_048, 8_000]) {
      expectError(await ask(service, request(length), byBasic()), 400, 'invalid_grant');
    }
    await expectUntouched(service, request(1_024), byBasic());
  });
});

/** Only what a form must have escaped; all else stays raw UTF-8. */
function escape(value: string): string {
  return value.replace(/[%&+=]/g, encodeURIComponent);
}
