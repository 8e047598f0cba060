import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientService } from '../../src/clients/client.service.js';
import { tokenRequest } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

describe('client secrets', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    await registerClient(service, { id: 'changing-over' });
  });
  afterAll(() => service.stop());

  const statusWith = async (secret: string): Promise<number> =>
    (await tokenRequest(service.url, { id: 'changing-over', secret }, { grant_type: 'client_credentials' }))
      .status;

  it('are two while a client changes over, and never three', async () => {
    const clients = service.app.get(ClientService);
    await clients.addSecret('changing-over', 'the next one');
    expect(await Promise.all([CLIENT_SECRET, 'the next one', 'another'].map(statusWith))).toEqual([
      200, 200, 401,
    ]);
    await expect(clients.addSecret('changing-over', 'a third')).rejects.toThrow(/2 active secrets/);
  });

  it('are two, however many are added at once', async () => {
    await registerClient(service, { id: 'in-a-hurry' });
    const clients = service.app.get(ClientService);
    const added = Array.from({ length: 8 }, (_, index) => clients.addSecret('in-a-hurry', `secret ${index}`));
    const outcomes = (await Promise.allSettled(added)).map(({ status }) => status);
    expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are refused once they have expired', async () => {
    await service.database.pool.query(
      `UPDATE client_secret SET expires_at = now() WHERE client_id = 'changing-over'`,
    );
    const clients = service.app.get(ClientService);
    await clients.addSecret('changing-over', 'the last one', new Date(Date.now() + 60_000));
    expect(await Promise.all([CLIENT_SECRET, 'the last one'].map(statusWith))).toEqual([401, 200]);
  });
});
