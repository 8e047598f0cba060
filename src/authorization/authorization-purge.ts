import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Sweep, Sweeper } from '../database/sweeper.js';
import { AuthorizationCodeRepository } from './codes/authorization-code.repository.js';
import { ConsentRepository } from './consents/consent.repository.js';
import { DeviceAuthorizationRepository } from './device/device-authorization.repository.js';
import { PushedRequestRepository } from './pushed/pushed-request.repository.js';

/** A used code is remembered for a day, so that a copy that turns up late still ends what it was used for. */
const REPLAY_MEMORY = 86_400;
/** For so long a device that asks too late is told why. */
const EXPIRED_DEVICE_MEMORY = 3_600;
const BATCH = 1_000;

/** Forgets codes, devices and pushed requests that are over, and consents to clients that are gone. */
@Injectable()
export class AuthorizationPurge {
  constructor(
    database: Database,
    codes: AuthorizationCodeRepository,
    pushed: PushedRequestRepository,
    consents: ConsentRepository,
    devices: DeviceAuthorizationRepository,
    sweeper: Sweeper,
  ) {
    sweeper.register(
      'authorization codes',
      inBatches(() => codes.deleteExpired(database, REPLAY_MEMORY, BATCH)),
    );
    sweeper.register(
      'pushed authorization requests',
      inBatches(() => pushed.deleteExpired(BATCH)),
    );
    sweeper.register(
      'device authorizations',
      inBatches(() => devices.deleteExpired(database, EXPIRED_DEVICE_MEMORY, BATCH)),
    );
    sweeper.register(
      'consents to deleted clients',
      inBatches(() => consents.deleteOrphaned(database, BATCH)),
    );
  }
}

function inBatches(deleteBatch: () => Promise<number>): Sweep {
  return async function* () {
    let deleted = BATCH;
    while (deleted === BATCH) {
      deleted = await deleteBatch();
      yield deleted === BATCH ? 0 : 1;
    }
  };
}
