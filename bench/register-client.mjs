import { ClientService } from '../dist/clients/client.service.js';

/** What every family of the benchmarks is granted. */
export const SCOPES = ['profile', 'email'];

/**
 * @param {import('@nestjs/common').INestApplicationContext} app
 * @param {import('./fixture.mjs').BenchClient} client
 */
export async function registerClient(app, { id, secret, tokenPolicy }) {
  const registration = {
    id,
    name: id,
    type: 'confidential',
    authMethods: ['client_secret_basic'],
    grantTypes: ['refresh_token', 'client_credentials'],
    scopes: SCOPES,
    defaultScopes: SCOPES,
    tokenPolicy,
  };
  await app.get(ClientService).register(registration, secret);
}
