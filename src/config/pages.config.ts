import { accessSync, constants } from 'node:fs';
import { type ConfigType } from '@nestjs/config';
import { IsHexColor, IsString, Length, Matches } from 'class-validator';
import { type CrossChecked, namespace } from './namespace.js';
import { Variable } from './variable.js';

/** What the pages that people see look like. */
export class PagesConfig implements CrossChecked {
  @Variable('BRAND_NAME', 'Name of the service on the pages that people see, 1 to 60 characters.')
  @IsString()
  @Length(1, 60)
  brandName = 'Regrant';

  @Variable('BRAND_LOGO_FILE', 'File of the logo on the pages: SVG, PNG or WebP; served by this service.')
  @Matches(/^$|\.(svg|png|webp)$/, { message: 'must end in .svg, .png or .webp' })
  brandLogoFile = '';

  @Variable('BRAND_COLOR', 'Colour of buttons and links as #rrggbb; shades that can be read are made of it.')
  @IsHexColor({ message: 'must be #rrggbb' })
  @Length(7, 7, { message: 'must be #rrggbb' })
  brandColor = '#2f5fd0';

  problems(): string[] {
    if (this.brandLogoFile === '' || isReadable(this.brandLogoFile)) return [];
    return ['BRAND_LOGO_FILE: there is no such file that can be read'];
  }
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

export const pagesConfig = namespace('pages', PagesConfig);
export type PagesSettings = ConfigType<typeof pagesConfig>;
