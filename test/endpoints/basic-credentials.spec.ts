import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { registerClient, startApp, type TestApp } from '../support/test-app.js';
import { type Ask, ask, byBasic, expectError, expectUntouched, soundGrant } from '../support/token-errors.js';

const encoded = (credentials: string | Buffer) => Buffer.from(credentials as string).toString('base64');
const header = (authorization: string | string[]): Partial<Ask> => ({ headers: { authorization } });
const raw = (credentials: string | Buffer) => header(`Basic ${encoded(credentials)}`);

/** Headers that are no Basic credentials of ours: 401. */
const REFUSED: [name: string, attempt: Partial<Ask>][] = [
  ['no colon', raw('demo')],
  ['an empty id', raw(':demo-secret')],
  ['a colon only', raw(':')],
  ['an empty secret', raw('demo:')],
  ['nothing encoded', header('Basic')],
  ['nothing but spaces', header('Basic  ')],
  ['an empty header', header('')],
  ['no base64', header('Basic demo:demo-secret')],
  ['base64url of other characters', header('Basic ZGVtbzp-_w')],
  ['three padding characters', header(`Basic ${encoded('demo:demo-secret')}===`)],
  ['padding in the middle', header(`Basic ${encoded('demo:')}${encoded('demo-secret')}`)],
  ['two credentials in one header', header(`Basic ${encoded('demo:demo-secret')}, Basic ${encoded('a:b')}`)],
  ['a word behind it', header(`Basic ${encoded('demo:demo-secret')} more`)],
  ['no space after the scheme', header(`Basic${encoded('demo:demo-secret')}`)],
  ['another scheme', header('Bearer abc')],
  ['Digest', header('Digest username="demo"')],
  ['an unknown scheme', header(`Basics ${encoded('demo:demo-secret')}`)],
  ['broken percent-encoding in the id', raw('%zz:demo-secret')],
  ['broken percent-encoding in the secret', raw('demo:%')],
  ['a raw NUL byte', raw('demo\0:demo-secret')],
  ['an encoded NUL byte', raw('demo%00:demo-secret')],
  ['a NUL byte behind the secret', raw('demo:demo-secret%00')],
  ['invalid UTF-8', raw(Buffer.from([0x64, 0xff, 0x3a, 0x61]))],
  ['invalid UTF-8, encoded', raw('demo:%ff')],
  ['a line break behind the secret', raw('demo:demo-secret\n')],
  ['a space before the id', raw(' demo:demo-secret')],
  ['Latin-1 in the header', header('Basic \u00e9\u00e9')],
  ['an id of 5000 characters', raw(`${'a'.repeat(5_000)}:b`)],
];

/** Secrets with what Basic, forms and PHC strings find special. */
const SECRETS = [
  'a:b',
  ':',
  '::a',
  '%',
  '%41',
  'a+b',
  'a b',
  'a&b=c',
  'ünïcode \u{1F511}',
  '"\\\'',
  '=',
  'x'.repeat(500),
];

describe('token endpoint: Basic credentials', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp({ CLIENT_FAILURE_LIMIT: '10000' });
  });
  afterAll(() => service.stop());

  it.each(REFUSED)('answers 401 invalid_client to %s (A2)', async (_name, attempt) => {
    const sound = await soundGrant(service, 'refresh_token');
    expectError(await ask(service, sound, attempt), 401, 'invalid_client');
    await expectUntouched(service, sound, byBasic());
  });

  it.each(SECRETS)('takes the secret %j, form-urlencoded first (A2)', async (secret) => {
    const id = await registerClient(service, { id: `client-${encoded(secret).slice(0, 32)}` });
    await service.app.get(ClientService).addSecret(id, secret);
    await expectUntouched(
      service,
      await soundGrant(service, 'refresh_token', byBasic(id, secret)),
      byBasic(id, secret),
    );
  });

  it.each(['a:b', 'a%b', 'a+b', 'http://127.0.0.1/a?b=c&d', '!#$&()*,/;=?@[]^{|}~'])(
    'takes the client id %j, form-urlencoded first (A2)',
    async (id) => {
      await registerClient(service, { id });
      await service.app.get(ClientService).addSecret(id, 'secret');
      const client = byBasic(id, 'secret');
      await expectUntouched(service, await soundGrant(service, 'refresh_token', client), client);
    },
  );

  it.each(['basic', 'BASIC', 'bAsIc', 'Basic  '])(
    'takes the scheme spelt %j (RFC 9110 §11.1)',
    async (scheme) => {
      const client = header(`${scheme} ${encoded('demo:demo-secret')}`);
      await expectUntouched(service, await soundGrant(service, 'refresh_token'), client);
    },
  );

  it('takes a secret with a colon that the client has not encoded', async () => {
    await registerClient(service, { id: 'colons' });
    await service.app.get(ClientService).addSecret('colons', 'a:b:c');
    await expectUntouched(service, { parameters: { grant_type: 'client_credentials' } }, raw('colons:a:b:c'));
  });

  it('answers 400 invalid_request to two Authorization headers, one of them right', async () => {
    const sound = await soundGrant(service, 'refresh_token');
    const [right, wrong] = [`Basic ${encoded('demo:demo-secret')}`, `Basic ${encoded('demo:wrong')}`];
    for (const authorization of [
      [right, wrong],
      [wrong, right],
      [right, right],
    ]) {
      expectError(await ask(service, sound, header(authorization)), 400, 'invalid_request');
    }
    await expectUntouched(service, sound, byBasic());
  });

  it('takes Basic with parameters of a public client left empty (A1)', async () => {
    const sound = await soundGrant(service, 'refresh_token');
    const { status } = await ask(service, sound, byBasic(), {
      parameters: { client_id: '', client_secret: '' },
    });
    expect(status).toBe(200);
  });
});
