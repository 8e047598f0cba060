import { Global, Module } from '@nestjs/common';
import { databaseConfig, type DatabaseSettings } from '../config/database.config.js';
import { keysConfig, type KeysSettings, parseRootKey } from '../config/keys.config.js';
import { developmentKey } from './development-key.js';
import { KeyRing } from './key-ring.js';
import { SealedParameters } from './sealed-parameters.js';

/** The keys from the environment, or the generated ones of a first run. */
@Global()
@Module({
  providers: [
    SealedParameters,
    {
      provide: KeyRing,
      inject: [keysConfig.KEY, databaseConfig.KEY],
      useFactory: async (keys: KeysSettings, database: DatabaseSettings): Promise<KeyRing> => {
        const entries = keys.rootKeys.length > 0 ? keys.rootKeys : [await developmentKey(database.dataDir)];
        return new KeyRing(entries.map(parseRootKey));
      },
    },
  ],
  exports: [KeyRing, SealedParameters],
})
export class KeyRingModule {}
