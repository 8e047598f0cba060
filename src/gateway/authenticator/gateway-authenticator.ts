import { Injectable } from '@nestjs/common';
import { type GatewayRoute } from '../routes/gateway-route.js';
import { GatewayError } from './gateway-error.js';
import { type GatewayRequest } from './gateway-request.js';
import { type Verdict } from './verdict.js';

/** Finds out who a request is for, and gets the tokens that go to the upstream with it. */
@Injectable()
export class GatewayAuthenticator {
  /** @throws GatewayError for whatever does not go on */
  authenticate(_route: GatewayRoute, _request: GatewayRequest): Promise<Verdict> {
    return Promise.reject(GatewayError.of('no_credential', 'a credential is needed'));
  }
}
