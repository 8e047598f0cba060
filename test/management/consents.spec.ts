import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_USER } from '../../src/first-run/demo-accounts.js';
import { authorize, authorizeUrl, exchange, freshCode, pageOf } from '../support/authorization.js';
import { FollowingBrowser } from '../support/following-browser.js';
import { type ManagementClient, startManaged } from '../support/management.js';
import { refresh } from '../support/oauth.js';
import { type TestApp } from '../support/test-app.js';

const NOBODY = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';

describe('/admin/v1/users/{id}/consents', () => {
  let service: TestApp & { readonly admin: ManagementClient };
  let john: string;
  beforeAll(async () => {
    service = await startManaged();
    const { body } = await service.admin.get(`/users?username_prefix=${DEMO_USER.username}`);
    john = (body.items as { id: string }[])[0]!.id;
  });
  afterAll(() => service.stop());

  it('shows what somebody lets a client have, and withdraws it with all that the client has of them', async () => {
    const { admin, url } = service;
    const browser = new FollowingBrowser(url);
    const { body: tokens } = await exchange(url, await freshCode(url, { scope: 'openid email' }, browser));
    const open = await freshCode(url, { scope: 'openid email' }, browser);
    const listed = await admin.get(`/users/${john}/consents`);
    expect(listed.body.items).toMatchObject([{ client_id: 'demo', audiences: [] }]);
    const [{ scope }] = listed.body.items as [{ scope: string }];
    expect(scope.split(' ').sort()).toEqual(['email', 'openid']);

    expect((await admin.delete(`/users/${john}/consents/demo`)).status).toBe(204);
    expect((await refresh(url, tokens.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await exchange(url, open)).body.error).toBe('invalid_grant');
    expect((await admin.get(`/users/${john}/consents`)).body).toEqual({ items: [] });
    expect(pageOf(await browser.get(authorizeUrl(url, { scope: 'openid email' })))).toBe('consent');
    const { body } = await admin.get('/audit?action=consent.withdrawn');
    expect(body.items).toMatchObject([{ target: { type: 'user', id: john }, before: { client_id: 'demo' } }]);
  });

  it('answers 404 for a consent that there is not, a second time, and for nobody', async () => {
    const { admin, url } = service;
    await authorize(new FollowingBrowser(url), authorizeUrl(url));
    expect((await admin.delete(`/users/${john}/consents/shop`)).status).toBe(404);
    expect((await admin.delete(`/users/${john}/consents/demo`)).status).toBe(204);
    expect((await admin.delete(`/users/${john}/consents/demo`)).status).toBe(404);
    expect((await admin.get(`/users/${NOBODY}/consents`)).status).toBe(404);
    expect((await admin.delete(`/users/${NOBODY}/consents/demo`)).status).toBe(404);
  });
});
