import { type FormParameters } from '../../common/form-parameters.js';
import { type Client } from '../client.js';

/** The parts of a request in which a client may authenticate. */
export interface AuthenticationRequest {
  readonly authorization: string | undefined;
  readonly form: FormParameters;
}

/** Who a request says it is from, by one method. */
export interface ClientClaim {
  readonly clientId: string;
  /** Whether the claim holds for the client; `undefined` stands for an unknown one and takes as long. */
  verify(client: Client | undefined): boolean | Promise<boolean>;
}

/** One way of client authentication (RFC 6749 §2.3, OIDC Core §9). */
export interface ClientAuthenticationMethod {
  /** Its registered name, as metadata has it. */
  readonly name: string;
  /**
   * What the request claims by this method, or `undefined` when it does not use it.
   *
   * @throws OAuthError `invalid_client` or `invalid_request` when it uses it wrongly
   */
  claim(request: AuthenticationRequest): ClientClaim | undefined;
}

export const CLIENT_AUTHENTICATION_METHODS = Symbol('CLIENT_AUTHENTICATION_METHODS');
