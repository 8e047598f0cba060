import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type JSONWebKeySet } from 'jose';
import { keysConfig, type KeysSettings } from '../../config/keys.config.js';
import { TokenKeyService } from './token-key.service.js';

/** Seconds that the answer may be cached at the most. */
const LONGEST_CACHE = 300;

@Controller('oauth2/jwks')
export class JwksController {
  private readonly maxAge: number;

  constructor(
    private readonly keys: TokenKeyService,
    @Inject(keysConfig.KEY) { publishAhead }: KeysSettings,
  ) {
    // Well within the time that a key is published before it signs: a cache never lacks a key in use.
    this.maxAge = Math.min(LONGEST_CACHE, Math.floor(publishAhead / 2));
  }

  /** The keys that access tokens verify with (RFC 7517 §5). The next key is here long before it signs. */
  @Get()
  @Header('access-control-allow-origin', '*')
  jwks(@Res({ passthrough: true }) reply: FastifyReply): JSONWebKeySet {
    void reply.header('cache-control', `public, max-age=${this.maxAge}`);
    return this.keys.published;
  }
}
