import { describe, expect, it } from '@jest/globals';
import { accentColors, contrastOf } from './accent-colors.js';

const SURFACES = ['#ffffff', '#1b1f27'];

describe('contrastOf', () => {
  it.each([
    ['#000000', '#ffffff', 21],
    ['#ffffff', '#ffffff', 1],
    ['#767676', '#ffffff', 4.54],
    ['#ff0000', '#ffffff', 4],
  ])('of %s on %s is %s, as WCAG has it', (left, right, expected) => {
    expect(contrastOf(left, right)).toBeCloseTo(expected, 2);
    expect(contrastOf(right, left)).toBeCloseTo(expected, 2);
  });
});

describe('accentColors', () => {
  it('leaves a colour that can be read as it is', () => {
    expect(accentColors('#2f5fd0', '#ffffff')).toEqual({ accent: '#2f5fd0', onAccent: '#ffffff' });
  });

  it('makes readable shades of any colour, by day and by night', () => {
    for (let hue = 0; hue < 4_096; hue += 1) {
      const brand = `#${hue.toString(16).padStart(3, '0').replace(/./g, '$&$&')}`;
      for (const surface of SURFACES) {
        const { accent, onAccent } = accentColors(brand, surface);
        expect(contrastOf(accent, surface)).toBeGreaterThanOrEqual(4.5);
        expect(contrastOf(onAccent, accent)).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});
