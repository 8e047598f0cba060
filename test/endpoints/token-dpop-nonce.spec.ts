import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer } from '../support/http.js';
import { type DpopKey, dpopKey, proof } from '../support/dpop.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';
import {
  type Ask,
  ask,
  byBasic,
  byName,
  expectError,
  expectUntouched,
  type Grant,
  GRANTS,
  soundGrant,
} from '../support/token-errors.js';

describe('token endpoint: DPoP nonces demanded, and clients that must use DPoP', () => {
  let service: TestApp;
  let key: DpopKey;
  beforeAll(async () => {
    service = await startApp({ DPOP_NONCE_REQUIRED: 'true' });
    key = await dpopKey();
    await registerClient(service, { id: 'bound', dpopBoundAccessTokens: true });
  });
  afterAll(() => service.stop());

  const proved = async (nonce?: unknown): Promise<Partial<Ask>> => ({
    headers: { dpop: await proof(key, `${service.url}/oauth2/token`, { nonce }) },
  });
  const clientOf = (grant: Grant) => (grant === 'client_credentials' ? byBasic() : byName('demo-spa'));
  const nonceOf = ({ headers }: Answer) => headers['dpop-nonce'] as string;
  const askNonce = async () =>
    nonceOf(
      await ask(service, { parameters: { grant_type: 'client_credentials' } }, byBasic(), await proved()),
    );

  const begin = async (grant: Grant) => {
    const { parameters, headers } = clientOf(grant);
    const nonced = await proved(await askNonce());
    return soundGrant(service, grant, { parameters, headers: { ...headers, ...nonced.headers } });
  };

  describe.each(GRANTS)('%s', (grant) => {
    it.each([
      ['no nonce', undefined],
      ['an empty nonce', ''],
      ['a nonce of its own', 'my-nonce'],
      ['a nonce that is a number', 1],
      ['a nonce that is a list', ['a']],
      ['a nonce of 5000 characters', 'n'.repeat(5_000)],
    ])(
      'answers use_dpop_nonce with one DPoP-Nonce to %s; with it the retry succeeds (A12)',
      async (_name, nonce) => {
        const sound = await begin(grant);
        const answer = await ask(service, sound, clientOf(grant), await proved(nonce));
        expectError(answer, 400, 'use_dpop_nonce');
        // Node joins repeated lines by a comma, which no nonce has (RFC 9449 §8.1).
        expect(nonceOf(answer)).toMatch(/^[\x21\x23-\x2B\x2D-\x5B\x5D-\x7E]+$/);
        expect(nonceOf(answer)).not.toBe(nonce);
        await expectUntouched(service, sound, clientOf(grant), await proved(nonceOf(answer)));
      },
    );

    it('takes one nonce for several proofs', async () => {
      const nonce = await askNonce();
      const sound = await begin(grant);
      await ask(service, await soundGrant(service, 'password'), byBasic(), await proved(nonce));
      await expectUntouched(service, sound, clientOf(grant), await proved(nonce));
    });

    it('answers invalid_dpop_proof to no proof by a client that must use DPoP (RFC 9449 §5.2)', async () => {
      const client = byBasic('bound', CLIENT_SECRET);
      const nonced = async () => ({
        headers: { ...client.headers, ...(await proved(await askNonce())).headers },
      });
      const sound = await soundGrant(service, grant, await nonced());
      expectError(await ask(service, sound, client), 400, 'invalid_dpop_proof');
      await expectUntouched(service, sound, await nonced());
    });
  });

  it('takes a request without a proof, where nothing is bound', async () => {
    await expectUntouched(service, await soundGrant(service, 'refresh_token'), byBasic());
  });
});
