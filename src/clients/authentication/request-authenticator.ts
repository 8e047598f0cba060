import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { requireForm } from '../../http/form-body.js';
import { noteOutcome } from '../../http/request-log.js';
import { soleHeader } from '../../http/sole-header.js';
import { type Client } from '../client.js';
import { ClientAuthenticator } from './client-authenticator.js';

/** Finds out which client a form request is from: the first thing that an endpoint for clients does. */
@Injectable()
export class RequestAuthenticator {
  constructor(private readonly authenticator: ClientAuthenticator) {}

  /** @throws OAuthError as {@link ClientAuthenticator.authenticate} does, and `invalid_request` for what is no form */
  async authenticate(request: FastifyRequest): Promise<Client> {
    const authorization = soleHeader(request, 'authorization');
    const client = await this.authenticator.authenticate(
      { authorization, form: requireForm(request) },
      request.ip,
    );
    noteOutcome(request, { clientId: client.id });
    return client;
  }
}
