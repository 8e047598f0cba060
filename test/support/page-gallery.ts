import 'reflect-metadata';
import { Controller, Get, Module, Param, Query, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ConfigModule } from '../../src/config/config.module.js';
import { PageRenderer } from '../../src/pages/page-renderer.js';
import { PagesModule } from '../../src/pages/pages.module.js';
import { setEnvironment, testEnvironment, type TestEnvironment } from './environment.js';
import { freePort } from './free-port.js';
import { PAGE_SAMPLES, withTexts } from './page-samples.js';

/** `GET /gallery/<sample>`, with every text of it replaced by the query's `text` where there is one. */
@Controller('gallery')
class GalleryController {
  constructor(private readonly pages: PageRenderer) {}

  @Get(':sample')
  show(
    @Param('sample') name: string,
    @Query('text') text: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const sample = PAGE_SAMPLES[name]!;
    this.pages.render(request, reply, text === undefined ? sample : withTexts(sample, text));
  }
}

@Module({ imports: [ConfigModule.forRoot(), PagesModule], controllers: [GalleryController] })
class GalleryModule {}

export interface PageGallery {
  readonly url: string;
  readonly app: NestFastifyApplication;
  stop(): Promise<void>;
}

/** Serves every page with made-up content: what pages look like, without what leads to them. */
export async function startGallery(overrides: TestEnvironment = {}): Promise<PageGallery> {
  const port = await freePort();
  setEnvironment(testEnvironment('', port, overrides));
  const app = await NestFactory.create<NestFastifyApplication>(GalleryModule, new FastifyAdapter(), {
    logger: false,
  });
  await app.listen(port, '127.0.0.1');
  return { url: `http://127.0.0.1:${port}`, app, stop: () => app.close() };
}
