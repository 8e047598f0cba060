import { Module } from '@nestjs/common';
import { TokenHashes } from '../token-hashes.js';
import { InitialAccessTokenRepository } from './initial-access-token.repository.js';
import { InitialAccessTokenService } from './initial-access-token.service.js';

@Module({
  providers: [TokenHashes, InitialAccessTokenRepository, InitialAccessTokenService],
  exports: [TokenHashes, InitialAccessTokenRepository, InitialAccessTokenService],
})
export class InitialAccessTokensModule {}
