import { Injectable } from '@nestjs/common';
import { ClientAuthenticator } from '../../clients/authentication/client-authenticator.js';
import { type ClientMetadata } from '../../clients/client-metadata.js';
import { UnsoundRegistrationError } from '../../clients/client-registration.js';
import { GrantRegistry } from '../../grants/grant-registry.js';
import { ProblemError, type Violation } from '../../http/problem.js';
import { TokenKeyService } from '../../tokens/keys/token-key.service.js';

/** What a client may be made by whom, beyond what makes a registration sound. */
@Injectable()
export class ClientRules {
  constructor(
    private readonly authenticator: ClientAuthenticator,
    private readonly grants: GrantRegistry,
    private readonly keys: TokenKeyService,
  ) {}

  /** @throws ProblemError 422 for a grant, an authentication method or an algorithm that the server does not have */
  requireSupported(metadata: ClientMetadata): void {
    const {
      token_endpoint_auth_method: method,
      grant_types = [],
      id_token_signed_response_alg: algorithm,
    } = metadata;
    const { methodNames } = this.authenticator;
    const { grantTypes } = this.grants;
    const { signingAlgorithms } = this.keys;
    const errors: Violation[] = [];
    if (method !== undefined && !methodNames.includes(method)) {
      errors.push({
        pointer: '#/token_endpoint_auth_method',
        detail: `must be one of ${methodNames.join(', ')}`,
      });
    }
    grant_types.forEach((grantType, index) => {
      if (grantTypes.includes(grantType)) return;
      errors.push({ pointer: `#/grant_types/${index}`, detail: `must be one of ${grantTypes.join(', ')}` });
    });
    if (algorithm !== undefined && !signingAlgorithms.includes(algorithm)) {
      errors.push({
        pointer: '#/id_token_signed_response_alg',
        detail: `must be one of ${signingAlgorithms.join(', ')}`,
      });
    }
    if (errors.length > 0) throw ProblemError.validation(errors);
  }
}

/** Runs `work`, and says what is unsound in the API's words. */
export async function soundly<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnsoundRegistrationError)) throw error;
    throw ProblemError.validation(
      error.problems.map(({ field, problem }) => ({ pointer: `#/${field}`, detail: problem })),
    );
  }
}
