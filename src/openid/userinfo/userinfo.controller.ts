import { Controller, Get, Header, HttpCode, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { noteOutcome } from '../../http/request-log.js';
import { BearerAuthenticator } from '../../introspection/bearer-authenticator.js';
import { OPENID_SCOPE } from '../../tokens/id-tokens/scope-claims.js';
import { type UserInfo, UserInfoService } from './userinfo.service.js';

export const USERINFO_PATH = 'oauth2/userinfo';

/** The userinfo endpoint (OIDC Core §5.3): by GET or POST, the access token in the header (RFC 6750 §2.1). */
@Controller(USERINFO_PATH)
@ApiExcludeController()
export class UserInfoController {
  constructor(
    private readonly bearers: BearerAuthenticator,
    private readonly userInfo: UserInfoService,
  ) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  read(@Req() request: FastifyRequest): Promise<UserInfo> {
    return this.answer(request);
  }

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @Header('pragma', 'no-cache')
  readByPost(@Req() request: FastifyRequest): Promise<UserInfo> {
    return this.answer(request);
  }

  private async answer(request: FastifyRequest): Promise<UserInfo> {
    const claims = await this.bearers.authenticate(request, OPENID_SCOPE);
    noteOutcome(request, { clientId: claims.client_id, familyId: claims.sid });
    return this.userInfo.of(claims);
  }
}
