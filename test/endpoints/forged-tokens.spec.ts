import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { KeyRing } from '../../src/key-ring/key-ring.js';
import {
  decodeRefreshToken,
  encodeRefreshToken,
  type RefreshToken,
} from '../../src/tokens/families/refresh-token.js';
import { countEvents, familyRow } from '../support/families.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { ask, byBasic, expectError, expectUntouched, soundGrant } from '../support/token-errors.js';

/** First byte and length of each part of a token. */
const PARTS = [
  ['key version', 0, 1],
  ['family id', 1, 16],
  ['generation', 17, 4],
  ['secret', 21, 32],
  ['tag', 53, 16],
] as const;

function withBytes(token: string, change: (bytes: Buffer) => void): string {
  const bytes = Buffer.from(token.slice(4), 'base64url');
  change(bytes);
  return `rgr_${bytes.toString('base64url')}`;
}

const MALFORMED: [name: string, change: (token: string) => string][] = [
  ['its last character cut off', (token) => token.slice(0, -1)],
  ['its first half only', (token) => token.slice(0, 48)],
  ['one character more', (token) => `${token}A`],
  ['a newline behind', (token) => `${token}\n`],
  ['a space before', (token) => ` ${token}`],
  ['padding', (token) => `${token}=`],
  ['another prefix', (token) => `rgs_${token.slice(4)}`],
  ['its prefix in capitals', (token) => `RGR_${token.slice(4)}`],
  ['no prefix', (token) => token.slice(4)],
  ['its prefix only', () => 'rgr_'],
  ['its letters in capitals', (token) => `rgr_${token.slice(4).toUpperCase()}`],
  ['characters outside base64url', (token) => `${token.slice(0, -2)}+/`],
  ['itself twice', (token) => token + token],
  ['zeros for all that follows the prefix', () => `rgr_${'A'.repeat(92)}`],
  ['random bytes for all that follows the prefix', () => `rgr_${randomBytes(69).toString('base64url')}`],
  ['8000 characters', () => 'r'.repeat(8_000)],
];

/** With a right tag, as only a thief of the tag key could make them. */
const TAGGED: [name: string, change: (token: RefreshToken) => RefreshToken][] = [
  ['another secret', (token) => ({ ...token, secret: randomBytes(32) })],
  ['the generation to come', (token) => ({ ...token, generation: 1, secret: randomBytes(32) })],
  ['a generation beyond any', (token) => ({ ...token, generation: 0xffff_ffff })],
  ['another family', (token) => ({ ...token, familyId: randomUUID() })],
];

describe('forged and malformed refresh tokens', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  const begin = async () => {
    const sound = await soundGrant(service, 'refresh_token');
    return { sound, token: sound.parameters!.refresh_token as string };
  };
  const present = (refresh_token: string) =>
    ask(service, { parameters: { grant_type: 'refresh_token', refresh_token } }, byBasic());

  it.each(PARTS)(
    'answers invalid_grant where any bit of the %s is flipped (A6)',
    async (_part, start, length) => {
      const { sound, token } = await begin();
      for (let bit = 0; bit < 8 * length; bit += length > 4 ? 11 : 1) {
        const flipped = withBytes(token, (bytes) => (bytes[start + (bit >> 3)]! ^= 1 << (bit & 7)));
        expectError(await present(flipped), 400, 'invalid_grant');
      }
      await expectUntouched(service, sound, byBasic());
    },
  );

  it.each(MALFORMED)('answers invalid_grant to a token with %s', async (_name, change) => {
    const { sound, token } = await begin();
    expectError(await present(change(token)), 400, 'invalid_grant');
    await expectUntouched(service, sound, byBasic());
  });

  it.each(TAGGED)(
    'answers invalid_grant to a tagged token with %s, and revokes nothing',
    async (_name, change) => {
      const { sound, token } = await begin();
      const keys = service.app.get(KeyRing);
      const forged = encodeRefreshToken(keys, change(decodeRefreshToken(keys, token)!));
      expectError(await present(forged), 400, 'invalid_grant');
      expect(await countEvents(service.database.pool, token)).toBe(0);
      await expectUntouched(service, sound, byBasic());
    },
  );

  it('answers invalid_grant where parts of two good tokens are joined', async () => {
    const [one, two] = [await begin(), await begin()];
    const other = Buffer.from(two.token.slice(4), 'base64url');
    for (const [, start, length] of PARTS.slice(1)) {
      const joined = withBytes(one.token, (bytes) => other.copy(bytes, start, start, start + length));
      // First tokens share generation 0: nothing changed, nothing forged.
      if (joined !== one.token) expectError(await present(joined), 400, 'invalid_grant');
    }
    await expectUntouched(service, one.sound, byBasic());
    await expectUntouched(service, two.sound, byBasic());
    expect(await familyRow(service.database.pool, one.token)).toMatchObject({ generation: 1 });
  });

  it('tells of an unknown, a forged and a foreign token in the same words', async () => {
    const { token } = await begin();
    const foreign = await ask(service, {
      parameters: { grant_type: 'refresh_token', refresh_token: token, client_id: 'demo-spa' },
    });
    const forged = await present(withBytes(token, (bytes) => (bytes[60]! ^= 1)));
    expect(foreign.text).toBe(forged.text);
  });
});
