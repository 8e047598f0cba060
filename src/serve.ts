import 'reflect-metadata';
import { httpConfig, type HttpSettings } from './config/http.config.js';
import { tokensConfig, type TokensSettings } from './config/tokens.config.js';
import { DemoAccounts } from './first-run/demo-accounts.js';
import { tour } from './first-run/tour.js';
import { type Credentials, FirstAdmin } from './management/first-admin.js';
import { ConsoleClient } from './management/openapi/console-client.js';
import { serveSwaggerUi } from './management/openapi/api-docs.js';
import { createApp } from './setup-app.js';

/** Starts the service in this process. @throws Error when it can't */
export async function serve(): Promise<void> {
  const app = await createApp();
  const settings = app.get<HttpSettings>(httpConfig.KEY);
  const { host, port, issuerUrl } = settings;
  serveSwaggerUi(app, settings);
  const admin = await app.get(FirstAdmin).ensure();
  await app.get(ConsoleClient).ensure();
  await app.listen(port, host);
  if (app.get(DemoAccounts).isWanted) {
    const { rotationGrace } = app.get<TokensSettings>(tokensConfig.KEY);
    process.stdout.write(tour(issuerUrl, rotationGrace));
  }
  if (admin) process.stdout.write(announcement(admin));
}

/** Not in the log: whoever starts the service is to see it, and nobody later. */
function announcement({ clientId, clientSecret }: Credentials): string {
  return `The management API's first client, shown this once: ${clientId} / ${clientSecret}\n\n`;
}
