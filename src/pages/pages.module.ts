import { Module } from '@nestjs/common';
import { AssetsController } from './assets.controller.js';
import { ErrorPage } from './error-page.js';
import { PageAssets } from './page-assets.js';
import { PageRenderer } from './page-renderer.js';
import { Translations } from './translations.js';

/** What people see: templates, texts and looks. */
@Module({
  controllers: [AssetsController],
  providers: [PageRenderer, PageAssets, Translations, ErrorPage],
  exports: [PageRenderer, ErrorPage, Translations],
})
export class PagesModule {}
