import { afterAll, describe, expect, it } from '@jest/globals';
import { GrantRegistry } from '../../src/grants/grant-registry.js';
import { type Answer, send } from '../support/http.js';
import { tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp } from '../support/test-app.js';

// The service starts here and not in `beforeAll`: its grants are the table of these tests.
const service = await startApp();
const registry = service.app.get(GrantRegistry);
const all = registry.grantTypes;
const secret = CLIENT_SECRET;
const redirectUris = ['https://app.example/callback'];
await registerClient(service, { id: 'may-all', grantTypes: all, redirectUris });
for (const grantType of all) {
  const others = all.filter((other) => other !== grantType);
  await registerClient(service, { id: `not-${grantType}`, grantTypes: others, redirectUris });
}
afterAll(() => service.stop());

/** Parameters that RFC 8707 and RFC 8693 let stand more than once; no grant may allow others. */
const MAY_REPEAT = ['resource', 'audience'];
/** Parameters of any grant, each sent twice below. */
const PARAMETERS = [
  'scope',
  'refresh_token',
  'username',
  'password',
  'client_id',
  'code',
  'redirect_uri',
  'x',
];

const errorOf = ({ status, body }: Answer) => [status, body.error];

describe('the registered grant strategies', () => {
  it('are there, each under a grant_type of its own', () => {
    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(new Set(all).size).toBe(all.length);
  });

  it('are the grants of the metadata, no more and no fewer (E1)', async () => {
    for (const document of ['oauth-authorization-server', 'openid-configuration']) {
      const { body } = await send(`${service.url}/.well-known/${document}`, { method: 'GET' });
      expect([...(body.grant_types_supported as string[])].sort()).toEqual([...all].sort());
    }
  });

  it('do not include the implicit grant (A16)', () => {
    expect(registry.find('implicit')).toBeUndefined();
  });
});

describe.each(all)('the %s strategy', (grantType) => {
  const strategy = registry.find(grantType)!;
  const request = (id: string, parameters: Record<string, string[]> = {}): Promise<Answer> =>
    tokenRequest(service.url, { id, secret }, { grant_type: grantType, ...parameters });

  it('is found by its grant_type, and by no other spelling', () => {
    expect(strategy.grantType).toBe(grantType);
    for (const other of [` ${grantType}`, grantType.toUpperCase(), `${grantType}s`]) {
      expect(registry.find(other)).toBeUndefined();
    }
  });

  it('has a grant_type that is a name or a URI (RFC 6749 appendix A.10)', () => {
    expect(grantType).toMatch(/^([\w.-]+|[a-z][a-z0-9+.-]*:[^\s"\\]+)$/);
  });

  it('lets no parameter be repeated but those that an RFC says may be (A1)', () => {
    expect(strategy.repeatableParameters.filter((name) => !MAY_REPEAT.includes(name))).toEqual([]);
  });

  it('is refused to a client that may not use it: unauthorized_client', async () => {
    expect(errorOf(await request(`not-${grantType}`))).toEqual([400, 'unauthorized_client']);
  });

  it('is offered to a client that may use it', async () => {
    const [, error] = errorOf(await request('may-all'));
    expect(['unauthorized_client', 'unsupported_grant_type']).not.toContain(error);
  });

  it.each(PARAMETERS)('refuses %s sent twice: invalid_request (A1)', async (name) => {
    expect(errorOf(await request('may-all', { [name]: ['may-all', 'may-all'] }))).toEqual([
      400,
      'invalid_request',
    ]);
  });

  it('refuses its own grant_type sent twice: invalid_request (A1)', async () => {
    expect(errorOf(await request('may-all', { grant_type: [grantType, grantType] }))).toEqual([
      400,
      'invalid_request',
    ]);
  });

  it('answers an error as RFC 6749 §5.2 has it, not to be stored', async () => {
    const answer = await request('may-all', { scope: ['a  b'] });
    expect(answer.status).toBe(400);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    expect(answer.body.error).toMatch(/^[a-z_]+$/);
    expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  });
});
