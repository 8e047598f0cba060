import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { regrant, regrantJson, regrantOnTerminal } from '../support/cli.js';
import { familyIdOf } from '../support/families.js';
import { basic, postForm, send } from '../support/http.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import { DEMO, refresh, signIn } from '../support/oauth.js';
import { type TestApp } from '../support/test-app.js';

const PATIENCE_MS = 120_000;

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
}

describe('tokens and keys at the shell', () => {
  let service: TestApp & { readonly admin: ManagementClient };
  beforeAll(async () => {
    service = await startManaged();
  }, PATIENCE_MS);
  afterAll(() => service.stop());

  const tokens = async () => (await signIn(service.url)).body as unknown as Pair;
  const json = (args: string[], input?: string) =>
    regrantJson(args, { environment: service.environment, input });
  const isActive = async (token: string) => {
    const authorization = basic(DEMO.id, DEMO.secret!);
    return (await postForm(`${service.url}/oauth2/introspect`, { token }, { authorization })).body.active;
  };

  it(
    'says of a token what would become of it, and spends nothing by that',
    async () => {
      const { environment } = service;
      const { refresh_token: first } = await tokens();
      expect(await json(['token', 'inspect'], first)).toMatchObject({ verdict: 'current', accepted: true });
      const { refresh_token: second = '' } = (await refresh(service.url, first)).body;
      await refresh(service.url, second);
      const { code, stdout, stderr } = await regrant(['token', 'inspect'], { environment, input: first });
      expect([code, stderr]).toEqual([3, '']);
      expect(stdout).toMatch(/^verdict +replayed$/m);
      expect(stdout).not.toContain(first);
    },
    PATIENCE_MS,
  );

  it(
    'what is revoked is dead on a running service when the command returns (L2), and the log says why',
    async () => {
      const [stolen, other] = [await tokens(), await tokens()];
      const revocation = await json(
        ['token', 'revoke', '--token-stdin', '--reason', 'laptop stolen'],
        stolen.access_token,
      );
      const family = { type: 'token_family', id: familyIdOf(stolen.refresh_token) };
      expect(revocation).toEqual({ target: family, revoked: true });
      expect(await isActive(stolen.access_token)).toBe(false);
      expect((await refresh(service.url, stolen.refresh_token)).body.error).toBe('invalid_grant');
      expect(await isActive(other.access_token)).toBe(true);
      const { body, text } = await service.admin.get(`/audit?target=${family.id}`);
      expect(body.items).toMatchObject([
        { action: 'tokens.revoked', reason: 'laptop stolen', actor: { type: 'operator' } },
      ]);
      expect(text).not.toContain(stolen.access_token);
    },
    PATIENCE_MS,
  );

  it(
    'revokes everything only when told that it is meant',
    async () => {
      const { environment } = service;
      const { access_token: token } = await tokens();
      expect((await regrant(['token', 'revoke', '--all'], { environment })).code).toBe(2);
      expect(await isActive(token)).toBe(true);
      expect((await regrantOnTerminal(['token', 'revoke', '--all'], { environment }, ['y'])).code).toBe(0);
      expect(await isActive(token)).toBe(false);
    },
    PATIENCE_MS,
  );

  it(
    'a key that is rotated is published by a running service, and one that is revoked takes its tokens with it',
    async () => {
      const published = async () =>
        ((await send(`${service.url}/oauth2/jwks`, { method: 'GET' })).body.keys as { kid: string }[]).map(
          ({ kid }) => kid,
        );
      const { kid: next } = (await json(['key', 'rotate', 'ES256'])) as { kid: string };
      expect(await published()).toContain(next);
      const { access_token: token } = await tokens();
      const { kid = '' } = decodeProtectedHeader(token);
      await json(['key', 'revoke', '--reason', 'lost', '--yes', '--', kid]);
      expect(await isActive(token)).toBe(false);
      expect(await published()).not.toContain(kid);
      const listed = (await json(['key', 'list'])) as { items: { kid: string; state: string }[] };
      expect(listed.items.find((key) => key.kid === kid)?.state).toBe('revoked');
    },
    PATIENCE_MS,
  );
});
