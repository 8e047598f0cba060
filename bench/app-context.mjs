import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../dist/app.module.js';
import { loadEnvironment } from '../dist/config/config.module.js';

/**
 * The service's own code without its HTTP server, on the database of the environment, which it migrates.
 *
 * @returns {Promise<import('@nestjs/common').INestApplicationContext>} to be closed
 */
export function openAppContext() {
  loadEnvironment();
  return NestFactory.createApplicationContext(AppModule.register(), {
    logger: ['error', 'warn'],
    abortOnError: false,
  });
}
