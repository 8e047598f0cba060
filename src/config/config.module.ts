import { existsSync } from 'node:fs';
import { type DynamicModule, Module } from '@nestjs/common';
import { ConfigModule as NestConfigModule } from '@nestjs/config';
import { adminConfig } from './admin.config.js';
import { authorizationConfig } from './authorization.config.js';
import { databaseConfig } from './database.config.js';
import { demoConfig } from './demo.config.js';
import { eventsConfig } from './events.config.js';
import { gatewayConfig } from './gateway.config.js';
import { httpConfig } from './http.config.js';
import { keysConfig } from './keys.config.js';
import { limitsConfig } from './limits.config.js';
import { validateEnvironment } from './namespace.js';
import { openIdConfig } from './openid.config.js';
import { observabilityConfig } from './observability.config.js';
import { pagesConfig } from './pages.config.js';
import { purgeConfig } from './purge.config.js';
import { redisConfig } from './redis.config.js';
import { refusalsConfig } from './refusals.config.js';
import { rotationConfig } from './rotation.config.js';
import { registrationConfig } from './registration.config.js';
import { sessionsConfig } from './sessions.config.js';
import { sharedSignalsConfig } from './shared-signals.config.js';
import { tokensConfig } from './tokens.config.js';
import { workersConfig } from './workers.config.js';

/** Every namespace. */
export const namespaces = [
  httpConfig,
  databaseConfig,
  redisConfig,
  keysConfig,
  tokensConfig,
  authorizationConfig,
  rotationConfig,
  limitsConfig,
  sessionsConfig,
  pagesConfig,
  eventsConfig,
  sharedSignalsConfig,
  openIdConfig,
  registrationConfig,
  gatewayConfig,
  purgeConfig,
  refusalsConfig,
  workersConfig,
  observabilityConfig,
  adminConfig,
  demoConfig,
];

/**
 * Reads `.env` where there is one, and checks the whole environment.
 *
 * @throws Error that lists every problem of the configuration
 */
export function loadEnvironment(): void {
  if (process.env.NODE_ENV !== 'test' && existsSync('.env')) process.loadEnvFile('.env');
  const types = namespaces.map(({ type }) => type);
  validateEnvironment(types, process.env);
}

@Module({})
export class ConfigModule {
  /** The namespaces as providers, read from an environment that {@link loadEnvironment} has checked. */
  static forRoot(): Promise<DynamicModule> {
    return NestConfigModule.forRoot({ isGlobal: true, cache: true, ignoreEnvFile: true, load: namespaces });
  }
}
