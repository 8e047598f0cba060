import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FORM, formBody, send } from '../support/http.js';
import { startApp, type TestApp } from '../support/test-app.js';
import {
  byBasic,
  byPost,
  expectError,
  expectUntouched,
  GRANTS,
  merge,
  soundGrant,
} from '../support/token-errors.js';

const METHODS = ['GET', 'PUT', 'PATCH', 'DELETE'];

describe('token endpoint: other methods', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  describe.each(METHODS)('%s', (method) => {
    it.each(GRANTS)('answers 405 with Allow: POST to a sound %s request', async (grant) => {
      const sound = await soundGrant(service, grant);
      const body = formBody(sound.parameters!);
      const headers = { 'content-type': FORM, ...byBasic().headers };
      expectError(
        await send(`${service.url}/oauth2/token`, { method, headers, body }),
        405,
        'invalid_request',
      );
      const query = formBody(merge(sound, byPost()).parameters);
      expectError(await send(`${service.url}/oauth2/token?${query}`, { method }), 405, 'invalid_request');
      await expectUntouched(service, sound, byBasic());
    });

    it.each([
      ['nothing', undefined, {}],
      ['JSON', '{}', { 'content-type': 'application/json' }],
      ['malformed JSON', '{', { 'content-type': 'application/json' }],
      ['a malformed form', '%zz', { 'content-type': FORM }],
      ['an unknown type', 'x', { 'content-type': 'x/y' }],
    ])('answers 405 with Allow: POST to %s', async (_what, body, headers) => {
      const answer = await send(`${service.url}/oauth2/token`, { method, headers, body });
      expectError(answer, 405, 'invalid_request');
    });
  });

  it('answers 405 with Allow: POST to OPTIONS', async () => {
    expectError(await send(`${service.url}/oauth2/token`, { method: 'OPTIONS' }), 405, 'invalid_request');
  });

  it('answers 405 with Allow: POST, and no body, to HEAD', async () => {
    const { status, headers, text } = await send(`${service.url}/oauth2/token`, { method: 'HEAD' });
    expect([status, headers.allow, text]).toEqual([405, 'POST', '']);
    expect(headers['x-request-id']).toBeDefined();
  });

  it.each(['PROPFIND', 'TRACE', 'SEARCH'])('answers 405 with Allow: POST to %s', async (method) => {
    expectError(await send(`${service.url}/oauth2/token`, { method }), 405, 'invalid_request');
  });

  it.each(['/oauth2/token/', '/oauth2', '/oauth2/token/more', '/OAuth2/Token', '/oauth2//token', '/'])(
    'answers 404 to a POST to %s',
    async (path) => {
      const sound = await soundGrant(service, 'refresh_token');
      const headers = { 'content-type': FORM, ...byBasic().headers };
      expectError(await send(service.url + path, { headers, body: formBody(sound.parameters!) }), 404);
      await expectUntouched(service, sound, byBasic());
    },
  );
});
