import { Controller, Header, HttpCode, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { requireJson } from '../http/json-object.js';
import { noteOutcome } from '../http/request-log.js';
import { ClientRegistrar } from './client-registrar.js';
import { Registrants } from './registrants.js';
import { REGISTRATION_PATH, type RegistrationDocument } from './registration-document.js';
import { parseMetadata } from './registration-request.js';

@Controller(REGISTRATION_PATH)
export class RegistrationController {
  constructor(
    private readonly registrants: Registrants,
    private readonly registrar: ClientRegistrar,
  ) {}

  /** The client registration endpoint (RFC 7591 §3). */
  @Post()
  @HttpCode(201)
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  async register(@Req() request: FastifyRequest): Promise<RegistrationDocument> {
    const registrant = await this.registrants.identify(request);
    const body = requireJson(request, (problem) => OAuthError.invalidClientMetadata(problem));
    const document = await this.registrar.register(
      registrant,
      parseMetadata(body.withoutNulls()),
      request.id,
    );
    noteOutcome(request, { outcome: 'registered', clientId: document.client_id });
    return document;
  }
}
