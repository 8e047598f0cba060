import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_PARAMETER_BYTES } from '../../src/common/form-parameters.js';
import { MAX_BODY_BYTES } from '../../src/http/form-body.js';
import { gzipSync } from 'node:zlib';
import { type Answer, basic, FORM, formBody, send } from '../support/http.js';
import { startApp, type TestApp } from '../support/test-app.js';
import {
  type Ask,
  byBasic,
  byPost,
  expectError,
  expectUntouched,
  GRANTS,
  merge,
  postRaw,
  soundGrant,
} from '../support/token-errors.js';

const bodyOf = (sound: Partial<Ask>) => formBody(sound.parameters!);

const WRONG_TYPES = [
  'application/json',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/x-www-form-urlencoded-not',
  'x-application/x-www-form-urlencoded',
  'application',
  'application/',
  '/',
  ';',
  '',
  `${FORM}, application/json`,
  `text/plain, ${FORM}`,
  'application/x-www-form-urlencoded/x',
  '*/*',
];

const GOOD_TYPES = [
  FORM,
  'Application/X-WWW-Form-Urlencoded; charset=UTF-8',
  `${FORM};charset=utf-8`,
  `${FORM} ; charset="utf-8"`,
];

describe('token endpoint: bodies', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.stop());

  describe.each(GRANTS)('%s', (grant) => {
    it.each(WRONG_TYPES)('answers invalid_request to a form sent as %j (A1)', async (type) => {
      const sound = await soundGrant(service, grant);
      expectError(await postRaw(service, bodyOf(sound), { 'content-type': type }), 400, 'invalid_request');
      await expectUntouched(service, sound, byBasic());
    });

    it('answers invalid_request to a form without a content type (A1)', async () => {
      const sound = await soundGrant(service, grant);
      const { headers } = byBasic();
      const answer = await send(`${service.url}/oauth2/token`, { headers, body: bodyOf(sound) });
      expectError(answer, 400, 'invalid_request');
      await expectUntouched(service, sound, byBasic());
    });

    it.each(GOOD_TYPES)('takes a form sent as %j (A1)', async (type) => {
      const sound = await soundGrant(service, grant);
      expect((await postRaw(service, bodyOf(sound), { 'content-type': type })).status).toBe(200);
    });

    it('answers invalid_request to the same parameters as JSON', async () => {
      const sound = await soundGrant(service, grant);
      const body = JSON.stringify({ ...sound.parameters, ...byPost().parameters });
      expectError(
        await postRaw(service, body, { 'content-type': 'application/json' }),
        400,
        'invalid_request',
      );
      await expectUntouched(service, sound, byBasic());
    });

    it('answers invalid_request to parameters in the URL, all of them or one more (A2)', async () => {
      const sound = await soundGrant(service, grant);
      const { parameters } = merge(sound, byPost());
      const token = `${service.url}/oauth2/token`;
      const headers = { 'content-type': FORM };
      expectError(await send(`${token}?${formBody(parameters)}`, { headers }), 400, 'invalid_request');
      for (const query of [formBody(parameters), 'scope=profile', 'x', '&', '?']) {
        const answer = await send(`${token}?${query}`, { headers, body: formBody(parameters) });
        expectError(answer, 400, 'invalid_request');
      }
      await expectUntouched(service, sound, byBasic());
    });

    it('answers invalid_request to a body in gzip', async () => {
      const sound = await soundGrant(service, grant);
      const answer = await postRaw(service, gzipSync(bodyOf(sound)), { 'content-encoding': 'gzip' });
      expectError(answer, 400, 'invalid_request');
      await expectUntouched(service, sound, byBasic());
    });

    it('answers 413 to a body of 64 KiB and one byte, announced or in chunks', async () => {
      const sound = await soundGrant(service, grant);
      const body = padded(bodyOf(sound), MAX_BODY_BYTES + 1);
      expectError(await postRaw(service, body), 413, 'invalid_request');
      expectError(await chunked(service, body), 413, 'invalid_request');
      await expectUntouched(service, sound, byBasic());
    });

    it('takes a body of exactly 64 KiB, announced or in chunks', async () => {
      const sound = await soundGrant(service, grant);
      const body = padded(bodyOf(sound), MAX_BODY_BYTES);
      expect((await postRaw(service, body)).status).toBe(200);
      expect((await chunked(service, body)).status).toBe(200);
    });

    it('answers invalid_request to a parameter over 8 KiB, by its value or its name', async () => {
      const sound = await soundGrant(service, grant);
      for (const long of [`x=${'a'.repeat(MAX_PARAMETER_BYTES)}`, 'a'.repeat(MAX_PARAMETER_BYTES + 1)]) {
        expectError(await postRaw(service, `${bodyOf(sound)}&${long}`), 400, 'invalid_request');
        expectError(await postRaw(service, `${long}&${bodyOf(sound)}`), 400, 'invalid_request');
      }
      await expectUntouched(service, sound, byBasic());
    });

    it('takes thousands of parameters that it does not know, each once (A1)', async () => {
      const sound = await soundGrant(service, grant);
      const many = Array.from({ length: 7_000 }, (_, index) => `x${index}=1`).join('&');
      expect((await postRaw(service, `${bodyOf(sound)}&${many}`)).status).toBe(200);
    });

    it('takes separators with nothing between them (A1)', async () => {
      const sound = await soundGrant(service, grant);
      expect((await postRaw(service, `&&&${bodyOf(sound)}&=&&x&=&y=&`)).status).toBe(200);
    });
  });

  it.each(['{', '{"grant_type":', '[]', '"text"', 'null', '{"__proto__":{"a":1}}', ''])(
    'answers invalid_request to the JSON body %j',
    async (body) => {
      expectError(
        await postRaw(service, body, { 'content-type': 'application/json' }),
        400,
        'invalid_request',
      );
    },
  );

  it.each(['', '&', '&&&', '=', '===', '=x', 'grant_type', 'grant_type=', '&grant_type&', ' ', '\r\n', '{}'])(
    'answers invalid_request to the form body %j',
    async (body) => {
      expectError(await postRaw(service, body), 400, 'invalid_request');
    },
  );

  it('answers invalid_request to no body at all', async () => {
    const headers = { authorization: basic('demo', 'demo-secret') };
    expectError(await send(`${service.url}/oauth2/token`, { headers }), 400, 'invalid_request');
  });
});

/** A form made longer by parameters that nobody knows, each within its own limit. */
function padded(form: string, length: number): string {
  let body = form;
  for (let index = 0; body.length < length; index += 1) {
    const name = `&pad${index}=`;
    const room = length - body.length;
    const piece = name + 'x'.repeat(Math.max(0, Math.min(8_000, room) - name.length));
    // What is too short for one more parameter becomes separators.
    body += room < name.length + 1 ? '&'.repeat(room) : piece;
  }
  return body;
}

/** `send` announces a length; this does not. */
async function chunked({ url }: TestApp, body: string): Promise<Answer> {
  const headers = { 'content-type': FORM, authorization: basic('demo', 'demo-secret') };
  const stream = new Blob([body]).stream();
  const answer = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    headers,
    body: stream,
    duplex: 'half',
  });
  const text = await answer.text();
  const sent = Object.fromEntries(answer.headers as unknown as Iterable<[string, string]>);
  return { status: answer.status, headers: sent, text, body: JSON.parse(text) as Answer['body'] };
}
