import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { httpConfig, type HttpSettings } from '../config/http.config.js';
import { pagesConfig, type PagesSettings } from '../config/pages.config.js';
import { accentColors } from './accent-colors.js';

const FOLDER = new URL('./assets/', import.meta.url);

/** What the accent stands on: `--surface` of the stylesheet, by day and by night. */
const SURFACE = { light: '#ffffff', dark: '#1b1f27' };

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
};

export type AssetName = 'style' | 'logo' | 'submit';

export interface PageAsset {
  /** With a hash of the content in it, so that browsers may keep it for ever. */
  readonly file: string;
  readonly type: string;
  readonly body: Buffer;
}

/** What pages load: the stylesheet in the brand's colours, the logo, and the one script, from this service alone. */
@Injectable()
export class PageAssets {
  private readonly assets: ReadonlyMap<AssetName, PageAsset>;
  private readonly path: string;

  constructor(
    @Inject(pagesConfig.KEY) { brandColor, brandLogoFile }: PagesSettings,
    @Inject(httpConfig.KEY) { issuerPath }: HttpSettings,
  ) {
    this.path = `${issuerPath}/assets`;
    this.assets = new Map<AssetName, PageAsset>([
      ['style', assetOf('style', '.css', styleFor(brandColor))],
      ['submit', assetOf('submit', '.js', readFileSync(new URL('submit.js', FOLDER)))],
      ['logo', logoOf(brandLogoFile)],
    ]);
  }

  /** The path of an asset, for a page to name. */
  url(name: AssetName): string {
    return `${this.path}/${this.assets.get(name)?.file ?? ''}`;
  }

  /** By its file's name, or by its name before the hash: another replica may serve another version. */
  find(file: string): PageAsset | undefined {
    const [name = '', , extension = ''] = file.split('.');
    const asset = this.assets.get(name as AssetName);
    return asset?.file.endsWith(`.${extension}`) ? asset : undefined;
  }
}

function logoOf(file: string): PageAsset {
  return file === ''
    ? assetOf('logo', '.svg', readFileSync(new URL('logo.svg', FOLDER)))
    : assetOf('logo', extname(file), readFileSync(file));
}

function styleFor(brandColor: string): Buffer {
  const light = accentColors(brandColor, SURFACE.light);
  const dark = accentColors(brandColor, SURFACE.dark);
  const colors = [
    `:root { --accent: ${light.accent}; --on-accent: ${light.onAccent}; --surface: ${SURFACE.light}; }`,
    `@media (prefers-color-scheme: dark) {`,
    `  :root { --accent: ${dark.accent}; --on-accent: ${dark.onAccent}; --surface: ${SURFACE.dark}; }`,
    `}`,
  ];
  return Buffer.from(`${colors.join('\n')}\n${readFileSync(new URL('style.css', FOLDER), 'utf8')}`);
}

function assetOf(name: AssetName, extension: string, body: Buffer): PageAsset {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return { file: `${name}.${hash}${extension}`, type: TYPES[extension] ?? 'application/octet-stream', body };
}
