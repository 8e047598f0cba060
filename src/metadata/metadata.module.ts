import { Module } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { GrantsModule } from '../grants/grants.module.js';
import { PagesModule } from '../pages/pages.module.js';
import { TokensModule } from '../tokens/tokens.module.js';
import {
  AuthorizationServerMetadataController,
  OpenIdConfigurationController,
} from './metadata.controller.js';
import { ServerMetadataService } from './server-metadata.service.js';

/** Discovery. */
@Module({
  imports: [ClientsModule, GrantsModule, PagesModule, TokensModule],
  controllers: [AuthorizationServerMetadataController, OpenIdConfigurationController],
  providers: [ServerMetadataService],
})
export class MetadataModule {}
