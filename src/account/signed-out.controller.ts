import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { PageRenderer } from '../pages/page-renderer.js';

/** `GET /signed-out`: what people see when they have signed out, a page that may be loaded again. */
@Controller('signed-out')
@ApiExcludeController()
export class SignedOutController {
  constructor(private readonly pages: PageRenderer) {}

  @Get()
  show(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Query() query: Record<string, unknown>,
  ): void {
    this.pages.render(request, reply, {
      page: 'signed-out',
      model: { isEverywhere: query.everywhere !== undefined },
    });
  }
}
