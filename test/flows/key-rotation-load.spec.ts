import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify, type RemoteJWKSetOptions } from 'jose';
import { setTimeout as delay } from 'node:timers/promises';
import { type ManagedKey, TokenKeyManager } from '../../src/tokens/keys/token-key.manager.js';
import { firstRefreshToken, refresh } from '../support/oauth.js';
import { type Replicas, startReplicas } from '../support/replicas.js';

const ROUNDS = 100;
/** Seconds; so the JWKS may be cached for half as long. */
const AHEAD = 10;

/** A relying party that does just what the JWKS allows: caches it for `max-age`, and asks for no key that it lacks. */
const BY_THE_LETTER = { cacheMaxAge: (AHEAD / 2) * 1000, cooldownDuration: Infinity };
/** One that asks again when it meets a key that it lacks. */
const CURIOUS = { cooldownDuration: 0 };

describe('refreshes while a key is changed, on two replicas', () => {
  let replicas: Replicas;
  beforeAll(async () => {
    replicas = await startReplicas({ SIGNING_KEY_PUBLISH_AHEAD: String(AHEAD) });
  }, 120_000);
  afterAll(() => replicas.stop());

  /** Refreshes on both replicas in turn for as many rounds, and until the key that is made meanwhile signs. */
  async function refreshWhile(make: () => Promise<ManagedKey>, cache: RemoteJWKSetOptions): Promise<void> {
    const urls = [replicas.here.url, replicas.there.url];
    const parties = urls.map((url) => createRemoteJWKSet(new URL(`${url}/oauth2/jwks`), cache));
    await Promise.all(parties.map((party) => party.reload()));
    let token = await firstRefreshToken(urls[0]!);
    let made: ManagedKey | undefined;
    const making = make().then((key) => (made = key));
    const signers = new Set<string>();
    for (let round = 0; round < ROUNDS || !made || !signers.has(made.kid); round += 1) {
      const { status, body } = await refresh(urls[round % 2]!, token);
      expect(status).toBe(200);
      token = body.refresh_token!;
      for (const party of parties) await jwtVerify(body.access_token!, party);
      signers.add(decodeProtectedHeader(body.access_token!).kid!);
      await delay(20);
    }
    await making;
    expect(signers.size).toBe(2);
  }

  it(`never fail to verify in ${ROUNDS} rounds, by what a cache may hold`, async () => {
    const keys = replicas.here.app.get(TokenKeyManager);
    await refreshWhile(() => keys.create({ algorithm: 'ES256' }), BY_THE_LETTER);
  }, 90_000);

  it(`never fail to verify in ${ROUNDS} rounds, by who asks again, when the new key signs at once`, async () => {
    const keys = replicas.here.app.get(TokenKeyManager);
    await refreshWhile(
      () => delay(500).then(() => keys.create({ algorithm: 'ES256', activeFrom: 'now' })),
      CURIOUS,
    );
  }, 90_000);
});
