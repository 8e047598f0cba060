import { Controller, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { RequestAuthenticator } from '../clients/authentication/request-authenticator.js';
import { tokensConfig, type TokensSettings } from '../config/tokens.config.js';
import { requireForm } from '../http/form-body.js';
import { noteOutcome } from '../http/request-log.js';
import { type Revoked, RevocationEndpointService } from './revocation-endpoint.service.js';

@Controller('oauth2/revoke')
export class RevocationController {
  constructor(
    private readonly clients: RequestAuthenticator,
    private readonly endpoint: RevocationEndpointService,
    @Inject(tokensConfig.KEY) private readonly settings: TokensSettings,
  ) {}

  /** The revocation endpoint (RFC 7009). 200 with an empty body, once the revocation is durable. */
  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  async revoke(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const client = await this.clients.authenticate(request);
    const form = requireForm(request);
    const token = form.required('token');
    form.rejectRepeated();
    const revoked = await this.endpoint.revoke(client, token);
    noteOutcome(request, { outcome: (revoked.familyId ?? revoked.jti) ? 'revoked' : 'nothing to revoke' });
    if (this.settings.revocationResponseHeaders) void reply.headers(headersOf(revoked));
  }
}

/** As WSO2's clients expect, but for the tokens themselves: their names (STANDARDS B8). */
function headersOf({ jti, familyId, userId }: Revoked): Record<string, string> {
  const all = { RevokedAccessToken: jti, RevokedRefreshToken: familyId, AuthorizedUser: userId };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
