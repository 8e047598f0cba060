import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClientsModule } from '../clients/clients.module.js';
import { UsersModule } from '../users/users.module.js';
import { type AccessTokenEncoder } from './access-tokens/access-token.js';
import { AccessTokenExaminer } from './access-tokens/access-token.examiner.js';
import { AccessTokenReader } from './access-tokens/access-token.reader.js';
import { ACCESS_TOKEN_ENCODERS, AccessTokenService } from './access-tokens/access-token.service.js';
import { JwtAccessTokenEncoder } from './access-tokens/jwt-access-token.encoder.js';
import { OpaqueAccessTokenEncoder } from './access-tokens/opaque-access-token.encoder.js';
import { FamilyListing } from './families/family-listing.js';
import { FamilyPurge } from './families/family-purge.js';
import { FamilyStateReader } from './families/family-state.reader.js';
import { IdTokenReader } from './id-tokens/id-token.reader.js';
import { IdTokenService } from './id-tokens/id-token.service.js';
import { RefreshTokenExaminer } from './families/refresh-token.examiner.js';
import { RotationBatcher } from './families/rotation-batcher.js';
import { RotationService } from './families/rotation.service.js';
import { TokenFamilyRepository } from './families/token-family.repository.js';
import { TokenFamilyService } from './families/token-family.service.js';
import { JwksController } from './keys/jwks.controller.js';
import { KeyScheduler } from './keys/key-scheduler.js';
import { KeyMetrics } from './keys/key-metrics.js';
import { TokenKeyEntity } from './keys/token-key.entity.js';
import { TokenKeyFactory } from './keys/token-key.factory.js';
import { TokenKeyManager } from './keys/token-key.manager.js';
import { TokenKeyRepository } from './keys/token-key.repository.js';
import { TokenKeyService } from './keys/token-key.service.js';
import { TokenSigner } from './keys/token-signer.js';
import { DpopNonces } from './sender-constraint/dpop-nonces.js';
import { DpopService } from './sender-constraint/dpop.service.js';

/** A new format of access token is one file and one line here. */
const ENCODERS = [JwtAccessTokenEncoder, OpaqueAccessTokenEncoder];

/** Mints tokens: families with their refresh tokens, access tokens, and the keys behind them. */
@Module({
  imports: [ClientsModule, UsersModule, TypeOrmModule.forFeature([TokenKeyEntity])],
  controllers: [JwksController],
  providers: [
    TokenFamilyRepository,
    TokenFamilyService,
    RotationService,
    RotationBatcher,
    FamilyPurge,
    FamilyListing,
    RefreshTokenExaminer,
    FamilyStateReader,
    TokenKeyRepository,
    TokenKeyFactory,
    KeyScheduler,
    TokenKeyService,
    TokenKeyManager,
    TokenSigner,
    KeyMetrics,
    AccessTokenService,
    AccessTokenReader,
    AccessTokenExaminer,
    IdTokenService,
    IdTokenReader,
    ...ENCODERS,
    {
      provide: ACCESS_TOKEN_ENCODERS,
      inject: ENCODERS,
      useFactory: (...encoders: AccessTokenEncoder[]) => encoders,
    },
    DpopNonces,
    DpopService,
  ],
  exports: [
    TokenFamilyService,
    FamilyListing,
    RefreshTokenExaminer,
    RotationService,
    TokenFamilyRepository,
    TokenKeyService,
    TokenKeyManager,
    AccessTokenService,
    AccessTokenReader,
    AccessTokenExaminer,
    IdTokenService,
    IdTokenReader,
    DpopService,
  ],
})
export class TokensModule {}
