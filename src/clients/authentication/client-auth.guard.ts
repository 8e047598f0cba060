import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { requireForm } from '../../http/form-body.js';
import { noteOutcome } from '../../http/request-log.js';
import { soleHeader } from '../../http/sole-header.js';
import { type Client } from '../client.js';
import { ClientAuthenticator } from './client-authenticator.js';

const CLIENT = Symbol('client');

interface AuthenticatedRequest {
  [CLIENT]?: Client;
}

/** Lets a form request pass only from an authenticated client, see {@link AuthenticatedClient}. */
@Injectable()
export class ClientAuthGuard implements CanActivate {
  constructor(private readonly authenticator: ClientAuthenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const authorization = soleHeader(request, 'authorization');
    const client = await this.authenticator.authenticate(
      { authorization, form: requireForm(request) },
      request.ip,
    );
    noteOutcome(request, { clientId: client.id });
    (request as FastifyRequest & AuthenticatedRequest)[CLIENT] = client;
    return true;
  }
}

/** The client that the guard let pass. */
export const AuthenticatedClient = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Client => {
    const client = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>()[CLIENT];
    if (!client) throw new Error('AuthenticatedClient needs the ClientAuthGuard');
    return client;
  },
);
