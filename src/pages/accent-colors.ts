/** Contrast that text needs (WCAG 2.2, 1.4.3). */
const MIN_CONTRAST = 4.5;
const STEPS = 100;

type Rgb = readonly [red: number, green: number, blue: number];

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** Shades of a brand's colour that can be read, whatever the colour. */
export interface AccentColors {
  /** Of buttons and links on a background. */
  readonly accent: string;
  /** Of text on the accent. */
  readonly onAccent: string;
}

/**
 * @param brand `#rrggbb`
 * @param background `#rrggbb`, what the accent must stand out from
 */
export function accentColors(brand: string, background: string): AccentColors {
  const accent = readableOn(parse(background), parse(brand));
  const onAccent = contrast(WHITE, accent) >= MIN_CONTRAST ? WHITE : BLACK;
  return { accent: format(accent), onAccent: format(onAccent) };
}

/** How well two colours are told apart, 1 to 21 (WCAG 2.2, relative luminance). */
export function contrastOf(left: string, right: string): number {
  return contrast(parse(left), parse(right));
}

/** The colour itself, or the nearest to it on the way to black or white that stands out. */
function readableOn(background: Rgb, color: Rgb): Rgb {
  const end = contrast(background, BLACK) > contrast(background, WHITE) ? BLACK : WHITE;
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(color, end, step / STEPS);
    if (contrast(mixed, background) >= MIN_CONTRAST) return mixed;
  }
  return end;
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [channel(0), channel(1), channel(2)];
}

function contrast(left: Rgb, right: Rgb): number {
  const [dark = 0, light = 0] = [luminance(left), luminance(right)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map(linear) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function parse(color: string): Rgb {
  const channel = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

function format(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
