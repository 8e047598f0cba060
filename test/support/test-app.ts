import 'reflect-metadata';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ClientRegistration } from '../../src/clients/client-registration.js';
import { ClientService } from '../../src/clients/client.service.js';
import { createApp } from '../../src/setup-app.js';
import { UserService } from '../../src/users/user.service.js';
import { setEnvironment, testEnvironment, type TestEnvironment } from './environment.js';
import { freePort } from './free-port.js';
import { createDatabase, type TestDatabase } from './test-database.js';

/** The service in this process, on a database and a port of its own, driven over HTTP. */
export interface TestApp {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly environment: TestEnvironment;
  /** Stops it and drops its database. */
  stop(): Promise<void>;
}

/** Starts the service; the demo accounts are there unless `DEMO_ACCOUNTS` says otherwise. */
export async function startApp(overrides: TestEnvironment = {}, database?: TestDatabase): Promise<TestApp> {
  const own = database ?? (await createDatabase());
  const port = await freePort();
  const environment = testEnvironment(own.url, port, overrides);
  setEnvironment(environment);
  const app = await createApp();
  await app.listen(port, '127.0.0.1');
  return {
    url: environment.ISSUER ?? '',
    app,
    database: own,
    environment,
    stop: async () => {
      await app.close();
      if (!database) await own.drop();
    },
  };
}

export const CLIENT_SECRET = 'a client secret: 100% + "quoted"';

/** Registers a confidential client that may do everything, but for what is overridden. */
export async function registerClient(
  { app }: TestApp,
  overrides: Partial<ClientRegistration> & { id: string },
): Promise<string> {
  const isPublic = overrides.type === 'public';
  await app.get(ClientService).register(
    {
      name: overrides.id,
      type: 'confidential',
      authMethods: isPublic ? ['none'] : ['client_secret_basic', 'client_secret_post'],
      grantTypes: isPublic
        ? ['refresh_token', 'password']
        : ['refresh_token', 'password', 'client_credentials'],
      scopes: ['read', 'write', 'admin'],
      defaultScopes: ['read', 'write'],
      ...overrides,
    },
    isPublic ? undefined : CLIENT_SECRET,
  );
  return overrides.id;
}

/** Creates a user. @returns their id */
export async function createUser({ app }: TestApp, username: string, password: string): Promise<string> {
  const users = app.get(UserService);
  await users.create({ username, password });
  return (await users.findByUsername(username))!.id;
}
