import { Controller, Delete, Get, Header, HttpCode, Param, Put, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { requireJson } from '../http/json-object.js';
import { noteOutcome } from '../http/request-log.js';
import { requireBearerToken } from './bearer-token.js';
import { type RegistrationRow } from './client-registration.repository.js';
import { RegistrationAccess } from './registration-access.js';
import { REGISTRATION_PATH, type RegistrationDocument } from './registration-document.js';
import { RegistrationManagement } from './registration-management.js';
import { ReplacementRequests } from './replacement-requests.js';

/** The client configuration endpoint (RFC 7592 §2). */
@Controller(`${REGISTRATION_PATH}/:client_id`)
export class ClientConfigurationController {
  constructor(
    private readonly access: RegistrationAccess,
    private readonly management: RegistrationManagement,
    private readonly replacements: ReplacementRequests,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  async read(@Req() request: FastifyRequest, @Param('client_id') id: string): Promise<RegistrationDocument> {
    const { registration, token } = await this.authenticate(request, id);
    return this.management.read(registration, token);
  }

  @Put()
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  async replace(
    @Req() request: FastifyRequest,
    @Param('client_id') id: string,
  ): Promise<RegistrationDocument> {
    const { registration } = await this.authenticate(request, id);
    const body = requireJson(request, (problem) => OAuthError.invalidClientMetadata(problem)).withoutNulls();
    return this.management.replace(
      registration,
      (client) => this.replacements.parse(body, client),
      request.id,
    );
  }

  @Delete()
  @HttpCode(204)
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  async delete(@Req() request: FastifyRequest, @Param('client_id') id: string): Promise<void> {
    const { registration } = await this.authenticate(request, id);
    await this.management.delete(registration, request.id);
  }

  private async authenticate(
    request: FastifyRequest,
    id: string,
  ): Promise<{ registration: RegistrationRow; token: string }> {
    const token = requireBearerToken(request, 'a registration access token');
    const registration = await this.access.authenticate(id, token);
    noteOutcome(request, { clientId: id });
    return { registration, token };
  }
}
