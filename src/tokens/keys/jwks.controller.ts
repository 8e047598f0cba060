import { Controller, Get, Header } from '@nestjs/common';
import { type JSONWebKeySet } from 'jose';
import { TokenKeyService } from './token-key.service.js';

@Controller('oauth2/jwks')
export class JwksController {
  constructor(private readonly keys: TokenKeyService) {}

  /** The keys that access tokens verify with (RFC 7517 §5). The next key is here long before it signs. */
  @Get()
  @Header('cache-control', 'public, max-age=300')
  @Header('access-control-allow-origin', '*')
  jwks(): JSONWebKeySet {
    return this.keys.published;
  }
}
