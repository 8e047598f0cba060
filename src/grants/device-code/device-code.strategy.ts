import { Injectable } from '@nestjs/common';
import {
  DEVICE_CODE_GRANT,
  type DeviceGrant,
  type DeviceRefusal,
} from '../../authorization/device/device-authorization.js';
import { DeviceAuthorizations } from '../../authorization/device/device-authorizations.js';
import { OAuthError } from '../../common/oauth-error.js';
import { ScopeSet } from '../../common/scope-set.js';
import { Database } from '../../database/database.js';
import { type GrantRequest, type GrantResult, type GrantStrategy } from '../grant-strategy.js';
import { TokenIssuer } from '../token-issuer.js';

const ANSWERS: Readonly<Record<DeviceRefusal, () => OAuthError>> = {
  pending: () => OAuthError.authorizationPending(),
  too_fast: () => OAuthError.slowDown(),
  denied: () => OAuthError.authorizationDenied(),
  expired: () => OAuthError.expiredToken(),
  consumed: () => OAuthError.invalidGrant('the device code was used before'),
  grant_gone: () => OAuthError.invalidGrant('what the device code stands for was revoked'),
  unknown: () => OAuthError.invalidGrant('the device code is not valid'),
};

/**
 * The device authorization grant (RFC 8628 §3.4): a device asks until somebody has decided at another screen.
 *
 * Its code is taken in the transaction that begins the family. It never was in a browser, so a used one that
 * comes again is a device that lost its answer, and is refused without ending anything.
 */
@Injectable()
export class DeviceCodeStrategy implements GrantStrategy {
  readonly grantType = DEVICE_CODE_GRANT;
  readonly repeatableParameters = [];

  constructor(
    private readonly database: Database,
    private readonly devices: DeviceAuthorizations,
    private readonly issuer: TokenIssuer,
  ) {}

  async execute(request: GrantRequest): Promise<GrantResult> {
    const { client, parameters } = request;
    const deviceCode = parameters.required('device_code');
    const result = await this.database.transaction(async (transaction) => {
      const grant = await this.devices.consume(transaction, deviceCode, client.id);
      return grant && this.issuer.issueToUser(granted(request, grant), transaction);
    });
    if (!result) throw ANSWERS[await this.devices.poll(deviceCode, client.id)]();
    return { response: result.response, outcome: result.outcome, familyId: result.familyId };
  }
}

/** The session is the device's, not that of the browser in which it was let in. */
function granted({ client, jkt, address, userAgent }: GrantRequest, grant: DeviceGrant) {
  const scopes = ScopeSet.of(grant.scopes);
  return { ...grant, client, jkt, address, userAgent, scopes, offline: scopes.has('offline_access') };
}
