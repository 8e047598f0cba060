import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessToken } from '../support/event-reader.js';
import { freePort } from '../support/free-port.js';
import { type Answer, send } from '../support/http.js';
import { DEMO } from '../support/oauth.js';
import { POLL, PUSH, Receiver, revokeFamily, SSF_ENVIRONMENT, verified } from '../support/shared-signals.js';
import { startService } from '../support/service-process.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { createDatabase } from '../support/test-database.js';

const get = (url: string): Promise<Answer> => send(url, { method: 'GET' });

describe('/.well-known/ssf-configuration', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp(SSF_ENVIRONMENT);
  });
  afterAll(() => service.stop());

  it('tells of endpoints, delivery methods and default subjects, to everybody (F4)', async () => {
    const answer = await get(`${service.url}/.well-known/ssf-configuration`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.body).toEqual({
      spec_version: '1_0',
      issuer: service.url,
      jwks_uri: `${service.url}/oauth2/jwks`,
      delivery_methods_supported: [PUSH, POLL],
      configuration_endpoint: `${service.url}/ssf/streams`,
      status_endpoint: `${service.url}/ssf/status`,
      add_subject_endpoint: `${service.url}/ssf/subjects/add`,
      remove_subject_endpoint: `${service.url}/ssf/subjects/remove`,
      verification_endpoint: `${service.url}/ssf/verification`,
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    });
  });

  it('promises only endpoints that there are (F4)', async () => {
    const { body } = await get(`${service.url}/.well-known/ssf-configuration`);
    const endpoints = Object.entries(body).filter(([name]) => /_endpoint$|_uri$/.test(name));
    expect(endpoints).toHaveLength(6);
    for (const [, url] of endpoints) expect([200, 401, 405]).toContain((await get(url as string)).status);
  });

  it('of an issuer that is not ours is not there', async () => {
    expect((await get(`${service.url}/.well-known/ssf-configuration/other`)).status).toBe(404);
  });
});

describe('shared signals of an issuer with a path', () => {
  let service: TestApp;
  let origin: string;
  beforeAll(async () => {
    const issuer = `http://127.0.0.1:${await freePort()}/tenant/one`;
    service = await startApp({ ...SSF_ENVIRONMENT, ISSUER: issuer, SSF_DEFAULT_SUBJECTS: 'NONE' });
    origin = `http://127.0.0.1:${service.environment.HTTP_PORT!}`;
  });
  afterAll(() => service.stop());

  it('has its configuration between host and path, and only there (F4)', async () => {
    const answer = await get(`${origin}/.well-known/ssf-configuration/tenant/one`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      issuer: service.url,
      configuration_endpoint: `${service.url}/ssf/streams`,
      default_subjects: 'NONE',
    });
    for (const path of ['', '/tenant', '/tenant/one/two'])
      expect((await get(`${origin}/.well-known/ssf-configuration${path}`)).status).toBe(404);
    expect((await get(`${origin}/tenant/one/.well-known/ssf-configuration`)).status).toBe(404);
  });

  it('has its endpoints below the path', async () => {
    const token = await accessToken(`${origin}/tenant/one`, DEMO, 'ssf.manage');
    const { body } = await new Receiver(`${origin}/tenant/one`, token).call('POST', '/ssf/streams', {});
    expect(body).toMatchObject({
      iss: service.url,
      delivery: { endpoint_url: `${service.url}/ssf/poll/${String(body.stream_id)}` },
    });
    expect((await new Receiver(origin, token).call('GET', '/ssf/streams')).status).toBe(404);
  });
});

describe('shared signals without an RS256 key', () => {
  it('sign with the first algorithm that there is', async () => {
    const service = await startApp({ ...SSF_ENVIRONMENT, SIGNING_ALGORITHMS: 'PS256,ES256' });
    try {
      const receiver = new Receiver(service.url, await accessToken(service.url, DEMO, 'ssf.manage'));
      const stream = await receiver.createStream();
      await revokeFamily(service.url);
      const sets = (await receiver.poll(stream, {})).body.sets as Record<string, string>;
      for (const set of Object.values(sets)) await verified(service.url, set, DEMO.id, 'PS256');
      expect(Object.keys(sets)).toHaveLength(2);
    } finally {
      await service.stop();
    }
  });
});

describe('SSF_PUSH_ALLOWED_ADDRESSES', () => {
  it.each(['localhost', '10.0.0.0/33', '10.0.0.0/8/8', '::/129', '10.0.0'])(
    'stops the start when it is %s, naming the variable and not the value',
    async (value) => {
      const database = await createDatabase();
      try {
        const message = await startService(database.url, { SSF_PUSH_ALLOWED_ADDRESSES: value }).then(
          () => 'it started',
          (error: unknown) => (error as Error).message,
        );
        expect(message).toContain('SSF_PUSH_ALLOWED_ADDRESSES');
        expect(message).not.toContain(`: ${value}`);
      } finally {
        await database.drop();
      }
    },
  );
});
