import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { RequestAuthenticator } from '../../clients/authentication/request-authenticator.js';
import { type Client } from '../../clients/client.js';
import { OAuthError } from '../../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { tokensConfig, type TokensSettings } from '../../config/tokens.config.js';
import { requireForm } from '../../http/form-body.js';
import { noteOutcome } from '../../http/request-log.js';
import { requestedOf } from '../request/requested-of.js';
import { DEVICE_CODE_GRANT } from './device-authorization.js';
import { DeviceAuthorizations } from './device-authorizations.js';
import { DEVICE_PATH } from './device-path.js';
import { formatUserCode } from './user-code.js';

export const DEVICE_AUTHORIZATION_PATH = 'oauth2/device_authorization';

/** The answer of RFC 8628 §3.2; times in seconds. */
export interface DeviceAuthorizationResponse {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

/** Where devices without a browser ask to be let in (RFC 8628 §3.1). */
@Controller(DEVICE_AUTHORIZATION_PATH)
export class DeviceAuthorizationController {
  constructor(
    private readonly clients: RequestAuthenticator,
    private readonly devices: DeviceAuthorizations,
    @Inject(httpConfig.KEY) private readonly http: HttpSettings,
    @Inject(tokensConfig.KEY) private readonly tokens: TokensSettings,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  async begin(@Req() request: FastifyRequest): Promise<DeviceAuthorizationResponse> {
    const client = await this.clients.authenticate(request);
    this.requireDeviceGrant(client);
    const form = requireForm(request);
    form.rejectRepeated(['resource']);
    const codes = await this.devices.begin({ clientId: client.id, ...requestedOf(client, form) });
    noteOutcome(request, { outcome: 'device_waits' });
    const userCode = formatUserCode(codes.userCode);
    const verificationUri = `${this.http.issuerUrl}/${DEVICE_PATH}`;
    return {
      device_code: codes.deviceCode,
      user_code: userCode,
      verification_uri: verificationUri,
      verification_uri_complete: `${verificationUri}?user_code=${userCode}`,
      expires_in: codes.lifetime,
      interval: codes.interval,
    };
  }

  private requireDeviceGrant(client: Client): void {
    const isOff = this.tokens.disabledGrantTypes.includes(DEVICE_CODE_GRANT);
    if (isOff || !client.mayUse(DEVICE_CODE_GRANT))
      throw OAuthError.unauthorizedClient('the client may not use the device grant');
  }
}
