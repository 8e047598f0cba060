import { Inject, Injectable } from '@nestjs/common';
import { ASSERTION_ALGORITHMS } from '../clients/authentication/assertion-keys.js';
import { ClientAuthenticator } from '../clients/authentication/client-authenticator.js';
import { DEVICE_AUTHORIZATION_PATH } from '../authorization/device/device-authorization.controller.js';
import { DEVICE_CODE_GRANT } from '../authorization/device/device-authorization.js';
import { authorizationConfig, type AuthorizationSettings } from '../config/authorization.config.js';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { registrationConfig, type RegistrationSettings } from '../config/registration.config.js';
import { GrantRegistry } from '../grants/grant-registry.js';
import { TOKEN_PATH } from '../grants/token-endpoint.service.js';
import { LOGOUT_PATH } from '../openid/logout/logout-flow.js';
import { USERINFO_PATH } from '../openid/userinfo/userinfo.controller.js';
import { REGISTRATION_PATH } from '../registration/registration-document.js';
import { ID_TOKEN_CLAIMS } from '../tokens/id-tokens/id-token.js';
import { CLAIM_SCOPES, OPENID_SCOPE, USER_CLAIMS } from '../tokens/id-tokens/scope-claims.js';
import { Translations } from '../pages/translations.js';
import { TokenKeyService } from '../tokens/keys/token-key.service.js';
import { DPOP_ALGORITHMS } from '../tokens/sender-constraint/dpop-proof.js';
import { type AuthorizationMetadata, authorizationMetadata } from './authorization-metadata.js';

/** What the server says of itself (RFC 8414 §2). */
export interface ServerMetadata extends Partial<AuthorizationMetadata> {
  readonly issuer: string;
  readonly token_endpoint: string;
  readonly revocation_endpoint: string;
  readonly introspection_endpoint: string;
  readonly jwks_uri: string;
  readonly registration_endpoint?: string;
  readonly device_authorization_endpoint?: string;
  readonly grant_types_supported: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly token_endpoint_auth_methods_supported: readonly string[];
  readonly token_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly revocation_endpoint_auth_methods_supported: readonly string[];
  readonly revocation_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly introspection_endpoint_auth_methods_supported: readonly string[];
  readonly introspection_endpoint_auth_signing_alg_values_supported: readonly string[];
  readonly introspection_signing_alg_values_supported: readonly string[];
  readonly dpop_signing_alg_values_supported: readonly string[];
}

/** The same for OpenID Connect (OIDC Discovery §3). */
export interface OpenIdConfiguration extends ServerMetadata {
  readonly userinfo_endpoint: string;
  readonly end_session_endpoint: string;
  readonly backchannel_logout_supported: boolean;
  readonly backchannel_logout_session_supported: boolean;
  readonly subject_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
  readonly scopes_supported: readonly string[];
  readonly claim_types_supported: readonly string[];
  readonly claims_supported: readonly string[];
  readonly claims_parameter_supported: boolean;
}

/** Reads the metadata from the registries, so that what is switched off is not promised. */
@Injectable()
export class ServerMetadataService {
  constructor(
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
    @Inject(registrationConfig.KEY) private readonly registration: RegistrationSettings,
    @Inject(authorizationConfig.KEY) private readonly authorization: AuthorizationSettings,
    private readonly grants: GrantRegistry,
    private readonly authenticator: ClientAuthenticator,
    private readonly keys: TokenKeyService,
    private readonly translations: Translations,
  ) {}

  authorizationServer(): ServerMetadata {
    const issuer = this.http.issuerUrl;
    const methods = this.authenticator.methodNames;
    return {
      issuer,
      token_endpoint: issuer + TOKEN_PATH,
      revocation_endpoint: `${issuer}/oauth2/revoke`,
      introspection_endpoint: `${issuer}/oauth2/introspect`,
      jwks_uri: `${issuer}/oauth2/jwks`,
      ...(this.registration.mode !== 'off' && { registration_endpoint: `${issuer}/${REGISTRATION_PATH}` }),
      grant_types_supported: this.grants.grantTypes,
      ...this.authorizationEndpoint(),
      ...(this.grants.find(DEVICE_CODE_GRANT) && {
        device_authorization_endpoint: `${issuer}/${DEVICE_AUTHORIZATION_PATH}`,
      }),
      // Required, and empty where the grant is switched off.
      response_types_supported: this.hasCodeFlow ? ['code'] : [],
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      introspection_endpoint_auth_methods_supported: methods.filter((method) => method !== 'none'),
      introspection_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
      introspection_signing_alg_values_supported: this.keys.signingAlgorithms,
      dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
    };
  }

  openIdConfiguration(): OpenIdConfiguration {
    const issuer = this.http.issuerUrl;
    return {
      ...this.authorizationServer(),
      userinfo_endpoint: `${issuer}/${USERINFO_PATH}`,
      end_session_endpoint: `${issuer}/${LOGOUT_PATH}`,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: this.keys.signingAlgorithms,
      scopes_supported: [OPENID_SCOPE, ...CLAIM_SCOPES, 'offline_access'],
      claim_types_supported: ['normal'],
      claims_supported: [...ID_TOKEN_CLAIMS, ...USER_CLAIMS],
      claims_parameter_supported: false,
    };
  }

  private get hasCodeFlow(): boolean {
    return this.grants.find('authorization_code') !== undefined;
  }

  private authorizationEndpoint(): Partial<AuthorizationMetadata> {
    if (!this.hasCodeFlow) return {};
    const { requirePushedRequests } = this.authorization;
    return authorizationMetadata(this.http.issuerUrl, requirePushedRequests, this.translations.languages);
  }
}
