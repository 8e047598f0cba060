import 'reflect-metadata';
import { httpConfig, type HttpSettings } from './config/http.config.js';
import { tokensConfig, type TokensSettings } from './config/tokens.config.js';
import { DemoAccounts } from './first-run/demo-accounts.js';
import { tour } from './first-run/tour.js';
import { createApp } from './setup-app.js';

/** Starts the service in this process. @throws Error when it can't */
export async function serve(): Promise<void> {
  const app = await createApp();
  const { host, port, issuerUrl } = app.get<HttpSettings>(httpConfig.KEY);
  await app.listen(port, host);
  if (app.get(DemoAccounts).isWanted) {
    const { rotationGrace } = app.get<TokensSettings>(tokensConfig.KEY);
    process.stdout.write(tour(issuerUrl, rotationGrace));
  }
}
