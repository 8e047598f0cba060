import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { noteOutcome } from '../http/request-log.js';
import { BearerAuthenticator } from '../introspection/bearer-authenticator.js';

/** The scopes of CAEP's interoperability profile (STANDARDS F6). */
const READ_SCOPE = 'ssf.read';
const MANAGE_SCOPE = 'ssf.manage';

/** Tells which client a receiver is, by its access token. */
@Injectable()
export class Receivers {
  constructor(private readonly bearers: BearerAuthenticator) {}

  /**
   * For reading, which who may manage may do too. @returns the client's id
   *
   * @throws OAuthError 401 or 403 (RFC 6750 §3.1)
   */
  mayRead(request: FastifyRequest): Promise<string> {
    return this.identify(request, READ_SCOPE, MANAGE_SCOPE);
  }

  /** For changes. @returns the client's id */
  mayManage(request: FastifyRequest): Promise<string> {
    return this.identify(request, MANAGE_SCOPE);
  }

  /** Whether the token of a request that was identified before is alive still. */
  isStillWelcome(request: FastifyRequest): Promise<boolean> {
    return this.bearers.isAlive(request);
  }

  private async identify(request: FastifyRequest, ...scopes: [string, ...string[]]): Promise<string> {
    const { client_id: clientId } = await this.bearers.authenticate(request, ...scopes);
    noteOutcome(request, { clientId });
    return clientId;
  }
}
