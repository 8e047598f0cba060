import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { OAuthError } from '../common/oauth-error.js';
import { PageAssets } from './page-assets.js';

const A_YEAR = 'public, max-age=31536000, immutable';

/** `GET /assets/<file>`: what pages load. */
@Controller('assets')
@ApiExcludeController()
export class AssetsController {
  constructor(private readonly assets: PageAssets) {}

  @Get(':file')
  send(@Param('file') file: string, @Res() reply: FastifyReply): void {
    const asset = this.assets.find(file);
    if (!asset) throw OAuthError.notFound('there is no such file');
    void reply
      .headers({
        'content-type': asset.type,
        'cache-control': file === asset.file ? A_YEAR : 'no-cache',
        // A logo in SVG may hold scripts: opened by itself it must run none.
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      })
      .send(asset.body);
  }
}
