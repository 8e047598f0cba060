import { Controller, Get, Header, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type JSONWebKeySet } from 'jose';
import { KeyScheduler } from './key-scheduler.js';
import { TokenKeyService } from './token-key.service.js';

@Controller('oauth2/jwks')
export class JwksController {
  constructor(
    private readonly keys: TokenKeyService,
    private readonly scheduler: KeyScheduler,
  ) {}

  /** The keys that access tokens verify with (RFC 7517 §5). The next key is here long before it signs. */
  @Get()
  @Header('access-control-allow-origin', '*')
  jwks(@Res({ passthrough: true }) reply: FastifyReply): JSONWebKeySet {
    void reply.header('cache-control', `public, max-age=${this.scheduler.cacheLifetime}`);
    return this.keys.published;
  }
}
