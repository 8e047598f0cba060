import { Inject, Injectable, Logger } from '@nestjs/common';
import { compactVerify } from 'jose';
import { createHash } from 'node:crypto';
import { Clock } from '../../common/clock.js';
import { type FormParameters } from '../../common/form-parameters.js';
import { OAuthError } from '../../common/oauth-error.js';
import { httpConfig, type HttpSettings } from '../../config/http.config.js';
import { OnceStore } from '../../redis/once-store.js';
import { type Client } from '../client.js';
import { decoyKey, soleKey } from './assertion-keys.js';
import { type ClientAssertion, readClientAssertion } from './client-assertion.js';
import {
  type AuthenticationRequest,
  type ClientAuthenticationMethod,
  type ClientClaim,
} from './client-authentication-method.js';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A JWT that the client has signed with a key of its own (RFC 7523 §2.2, OIDC Core §9). */
@Injectable()
export class PrivateKeyJwt implements ClientAuthenticationMethod {
  readonly name = 'private_key_jwt';
  private readonly logger = new Logger(PrivateKeyJwt.name);
  private readonly audiences: readonly string[];

  constructor(
    private readonly once: OnceStore,
    private readonly clock: Clock,
    @Inject(httpConfig.KEY) { issuerUrl }: HttpSettings,
  ) {
    // The issuer is the audience that is safe (RFC 7523bis §4); OIDC Core §9 had clients send the token
    // endpoint's URL, as many still do.
    this.audiences = [issuerUrl, `${issuerUrl}/oauth2/token`];
  }

  claim({ form }: AuthenticationRequest): ClientClaim | undefined {
    const token = assertionIn(form);
    if (token === undefined) return undefined;
    const context = { audiences: this.audiences, now: this.clock.seconds() };
    const assertion = readClientAssertion(token, context);
    const { clientId } = assertion;
    const bodyId = form.optional('client_id');
    if (bodyId !== undefined && bodyId !== clientId) {
      throw OAuthError.invalidRequest('client_id differs from the client assertion');
    }
    return { clientId, verify: (client) => this.verify(token, assertion, client) };
  }

  private async verify(
    token: string,
    assertion: ClientAssertion,
    client: Client | undefined,
  ): Promise<boolean> {
    const isGenuine = await isSignedBy(client, token, assertion);
    return isGenuine && this.isFirstUse(assertion);
  }

  private async isFirstUse({ clientId, jti, acceptableUntil }: ClientAssertion): Promise<boolean> {
    const id = createHash('sha256').update(`${clientId}\0${jti}`).digest('base64url');
    const isFirst = await this.once.claim(
      'assertion',
      id,
      Math.ceil(acceptableUntil - this.clock.seconds()) + 1,
    );
    if (!isFirst) this.logger.warn({ securityEvent: 'client_assertion_replayed', clientId });
    return isFirst;
  }
}

/** @throws OAuthError `invalid_client` for an assertion of another type, `invalid_request` for half of the pair */
function assertionIn(form: FormParameters): string | undefined {
  const [type, assertion] = [form.optional('client_assertion_type'), form.optional('client_assertion')];
  if (type === undefined && assertion === undefined) return undefined;
  if (type === undefined || assertion === undefined)
    throw OAuthError.invalidRequest('client_assertion and client_assertion_type come together');
  if (type !== JWT_BEARER) throw OAuthError.invalidClient('this client_assertion_type is not supported');
  return assertion;
}

/** One verification, with a decoy where the client has no such key, so that the time tells nothing. */
async function isSignedBy(
  client: Client | undefined,
  token: string,
  { algorithm, keyId }: ClientAssertion,
): Promise<boolean> {
  const key = soleKey(client?.keys ?? [], algorithm, keyId);
  try {
    await compactVerify(token, key ?? decoyKey(algorithm), { algorithms: [algorithm] });
    return key !== undefined;
  } catch {
    return false;
  }
}
