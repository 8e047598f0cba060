import { Controller, Get, Header } from '@nestjs/common';
import {
  type OpenIdConfiguration,
  type ServerMetadata,
  ServerMetadataService,
} from './server-metadata.service.js';

const CACHE = 'public, max-age=300';

/** RFC 8414 §3: the well-known part stands between host and issuer path, so it is outside the prefix. */
@Controller('.well-known/oauth-authorization-server')
export class AuthorizationServerMetadataController {
  constructor(private readonly metadata: ServerMetadataService) {}

  @Get(['', '*'])
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  read(): ServerMetadata {
    return this.metadata.authorizationServer();
  }
}

/** OIDC Discovery §4: the well-known part follows the issuer path. */
@Controller('.well-known/openid-configuration')
export class OpenIdConfigurationController {
  constructor(private readonly metadata: ServerMetadataService) {}

  @Get()
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  read(): OpenIdConfiguration {
    return this.metadata.openIdConfiguration();
  }
}
