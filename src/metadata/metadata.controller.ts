import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import {
  type OpenIdConfiguration,
  type ServerMetadata,
  ServerMetadataService,
} from './server-metadata.service.js';

const CACHE = 'public, max-age=300';

const WELL_KNOWN = '.well-known/oauth-authorization-server';

/** RFC 8414 §3: the well-known part stands between host and issuer path, so it is outside the prefix. */
@Controller(WELL_KNOWN)
export class AuthorizationServerMetadataController {
  constructor(
    private readonly metadata: ServerMetadataService,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
  ) {}

  @Get(['', '*'])
  @Header('cache-control', CACHE)
  @Header('access-control-allow-origin', '*')
  read(@Req() request: FastifyRequest): ServerMetadata {
    const [path] = request.url.split('?', 1);
    // Where the path is another issuer's, ours must not answer (RFC 8414 §3.3).
    if (path !== `/${WELL_KNOWN}${this.http.issuerPath}`) throw OAuthError.notFound();
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
