import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { sharedSignalsConfig, type SharedSignalsSettings } from '../config/shared-signals.config.js';
import { POLL, PUSH } from './streams/stream.js';

const WELL_KNOWN = '.well-known/ssf-configuration';

/** What the transmitter says of itself (SSF §7.1). */
@Controller(WELL_KNOWN)
export class SsfConfigurationController {
  constructor(
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
    @Inject(sharedSignalsConfig.KEY) private readonly settings: SharedSignalsSettings,
  ) {}

  /** SSF §7.2: the well-known part stands between host and issuer path, so it is outside the prefix. */
  @Get(['', '*'])
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  read(@Req() request: FastifyRequest) {
    const [path] = request.url.split('?', 1);
    // Where the path is another issuer's, ours must not answer.
    if (path !== `/${WELL_KNOWN}${this.http.issuerPath}`) throw OAuthError.notFound();
    const issuer = this.http.issuerUrl;
    return {
      spec_version: '1_0',
      issuer,
      jwks_uri: `${issuer}/oauth2/jwks`,
      delivery_methods_supported: [PUSH, POLL],
      configuration_endpoint: `${issuer}/ssf/streams`,
      status_endpoint: `${issuer}/ssf/status`,
      add_subject_endpoint: `${issuer}/ssf/subjects/add`,
      remove_subject_endpoint: `${issuer}/ssf/subjects/remove`,
      verification_endpoint: `${issuer}/ssf/verification`,
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: this.settings.defaultSubjects,
    };
  }
}
