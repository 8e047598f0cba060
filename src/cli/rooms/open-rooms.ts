import { NestFactory } from '@nestjs/core';
import { setTimeout as delay } from 'node:timers/promises';
import { loadEnvironment } from '../../config/config.module.js';
import { DenylistStore } from '../../revocation/denylist/denylist-store.js';
import { RoomsModule } from './rooms.module.js';
import { Services } from './services.js';
import { StderrLogger } from './stderr-logger.js';

/** Rooms that are connected. */
export interface OpenRooms {
  readonly services: Services;
  close(): Promise<void>;
}

const DENYLIST_WAIT_MS = 2_000;
const LOOK_EVERY_MS = 10;

/** @throws Error that lists every problem of the configuration, or that says what can't be connected to */
export async function openRooms(): Promise<OpenRooms> {
  loadEnvironment();
  const logger = new StderrLogger();
  const app = await NestFactory.createApplicationContext(RoomsModule, { logger, abortOnError: false });
  await untilReachable(app.get(DenylistStore));
  return { services: new Services(app), close: () => app.close() };
}

/** A revocation that does not reach the denylist waits for its lease to end, which takes longer than to connect. */
async function untilReachable(denylist: DenylistStore): Promise<void> {
  const deadline = performance.now() + DENYLIST_WAIT_MS;
  while (denylist.identity === undefined && performance.now() < deadline) await delay(LOOK_EVERY_MS);
}
