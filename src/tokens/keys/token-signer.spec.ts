import { afterEach, describe, expect, it } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWTPayload, jwtVerify } from 'jose';
import { type SigningAlgorithm } from '../../clients/token-policy.js';
import { WorkersConfig } from '../../config/workers.config.js';
import { jwsRecipe } from './compact-jws.js';
import { SigningThread } from './signing-thread.js';
import { type TokenKey } from './token-key.js';
import { TokenSigner } from './token-signer.js';

/** With a processor to spare or without one: workers are as many as processors at the most. */
const signers: TokenSigner[] = [];
const signer = (workers = 0): TokenSigner => {
  const made = new TokenSigner(Object.assign(new WorkersConfig(), { workers }));
  signers.push(made);
  return made;
};
afterEach(async () => {
  for (const made of signers.splice(0)) await made.onModuleDestroy();
});

async function keyOf(algorithm: SigningAlgorithm): Promise<TokenKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const kid = `key of ${algorithm}`;
  const publicJwk = await exportJWK(publicKey);
  return { kid, algorithm, publicJwk, privateKey, activeFrom: new Date(0) };
}

async function claimsOf(token: string, { publicJwk, algorithm, kid }: TokenKey): Promise<JWTPayload> {
  const key = (await importJWK(publicJwk!, algorithm)) as CryptoKey;
  const { payload, protectedHeader } = await jwtVerify(token, key, { algorithms: [algorithm] });
  expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid });
  return payload;
}

const subjects = (count: number, of = 'user'): string[] =>
  Array.from({ length: count }, (_, index) => `${of} ${String(index)} \u00e9\u4e2d`);

const signAll = (made: TokenSigner, key: TokenKey, all: readonly string[]): Promise<string[]> =>
  Promise.all(all.map((sub) => made.sign(key, 'at+jwt', { sub })));

describe('TokenSigner', () => {
  describe.each([0, 1_000])('on a machine with %i workers', (workers) => {
    it.each<SigningAlgorithm>(['ES256', 'EdDSA', 'RS256', 'PS256'])(
      'gives each of many its own token, signed with %s',
      async (algorithm) => {
        const made = signer(workers);
        const key = await keyOf(algorithm);
        // The first batch is signed while the thread starts.
        for (let batch = 0; batch < 5; batch += 1) {
          const all = subjects(20, `user of batch ${String(batch)}`);
          const claims = await Promise.all(
            (await signAll(made, key, all)).map((token) => claimsOf(token, key)),
          );
          expect(claims.map(({ sub }) => sub)).toEqual(all);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      },
    );
  });

  it('keeps keys apart that sign in the same turn', async () => {
    const made = signer();
    const keys = [await keyOf('ES256'), await keyOf('EdDSA'), await keyOf('ES256')];
    await signAll(made, keys[0]!, subjects(2));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const tokens = await Promise.all(
      subjects(30).map((sub, index) => made.sign(keys[index % 3]!, 'at+jwt', { sub })),
    );
    const claims = await Promise.all(tokens.map((token, index) => claimsOf(token, keys[index % 3]!)));
    expect(claims.map(({ sub }) => sub)).toEqual(subjects(30));
  });

  it('signs what was under way when it is stopped', async () => {
    const made = signer();
    const key = await keyOf('ES256');
    await signAll(made, key, subjects(2));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const underWay = signAll(made, key, subjects(50));
    await new Promise<void>((resolve) => {
      process.nextTick(resolve);
    });
    await made.onModuleDestroy();
    expect(await claimsOf((await underWay)[49]!, key)).toEqual({ sub: subjects(50)[49] });
    expect(await claimsOf((await signAll(made, key, subjects(3)))[2]!, key)).toEqual({ sub: subjects(3)[2] });
  });
});

describe('SigningThread', () => {
  it('hands back what it had not signed when it ends, and says so once', async () => {
    const recipe = jwsRecipe(await keyOf('ES256'), 'at+jwt');
    const ends: string[] = [];
    const answers: (readonly string[] | undefined)[] = [];
    const ended = new Promise<void>((resolve) => {
      const thread = new SigningThread((error) => {
        ends.push(error.message);
        resolve();
      });
      const settle = (tokens: readonly string[] | undefined) => answers.push(tokens);
      thread.sign([{ recipe, payload: '{}' }], settle);
      thread.sign([{ recipe: { ...recipe, digest: 'no such digest' }, payload: '{}' }], settle);
      thread.sign([{ recipe, payload: '{}' }], settle);
    });
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answers).toEqual([[expect.stringMatching(/^[\w-]+\.e30\.[\w-]+$/)], undefined, undefined]);
    expect(ends).toEqual([expect.stringMatching(/digest/i)]);
  });
});
