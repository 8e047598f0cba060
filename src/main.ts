import 'reflect-metadata';
import { httpConfig, type HttpSettings } from './config/http.config.js';
import { tokensConfig, type TokensSettings } from './config/tokens.config.js';
import { DemoAccounts } from './first-run/demo-accounts.js';
import { tour } from './first-run/tour.js';
import { createApp } from './setup-app.js';

async function main(): Promise<void> {
  const app = await createApp();
  const { host, port, issuerUrl } = app.get<HttpSettings>(httpConfig.KEY);
  await app.listen(port, host);
  if (app.get(DemoAccounts).isWanted) {
    const { rotationGrace } = app.get<TokensSettings>(tokensConfig.KEY);
    process.stdout.write(tour(issuerUrl, rotationGrace));
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`Regrant can't start. ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
