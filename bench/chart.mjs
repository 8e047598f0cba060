const WIDTH = 760;
const ROW_HEIGHT = 34;
const BAR_HEIGHT = 18;
const TOP = 48;
const LABELS = 210;
const NUMBERS = 190;

/** Colours of both of a reader's modes; GitHub shows an SVG in that of the page. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .quiet { fill: #59636e; font-size: 12px }
  .row { fill: #0969da }
  .yardstick { fill: #afb8c1 }
  .range { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .quiet { fill: #9198a1 }
    .row { fill: #4493f8 }
    .yardstick { fill: #656c76 }
    .range { stroke: #f0f6fc }
  }`;

/**
 * Draws the rates as bars, with the range over the rounds and the ratios to the yardsticks.
 *
 * @param {readonly import('./summary.mjs').SummaryRow[]} rows
 * @param {string} caption
 * @returns {string} an SVG document
 */
export function renderChart(rows, caption) {
  const height = TOP + rows.length * ROW_HEIGHT + 8;
  const fastest = Math.max(...rows.map(({ rate }) => rate.max));
  const scale = (/** @type {number} */ rate) => (rate / fastest) * (WIDTH - LABELS - NUMBERS);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Answers a second">`,
    `<style>${STYLE}</style>`,
    `<text x="8" y="20">Answers a second</text>`,
    `<text class="quiet" x="8" y="37">${escapeXml(caption)}</text>`,
    ...rows.map((row, index) => renderRow(row, TOP + index * ROW_HEIGHT, scale)),
    '</svg>',
    '',
  ].join('\n');
}

/**
 * @param {import('./summary.mjs').SummaryRow} row
 * @param {number} top
 * @param {(rate: number) => number} scale
 */
function renderRow({ title, yardstick, rate, ratios }, top, scale) {
  const baseline = top + BAR_HEIGHT - 4;
  const middle = top + BAR_HEIGHT / 2;
  const [least, most] = [rate.min, rate.max].map((value) => (LABELS + scale(value)).toFixed(1));
  const ratioText = Object.entries(ratios)
    .filter(([name]) => name !== yardstick)
    .map(([name, { median }]) => `${median.toFixed(2)} of ${name}`)
    .join(', ');
  return [
    `<text x="${LABELS - 10}" y="${baseline}" text-anchor="end">${escapeXml(title)}</text>`,
    `<rect class="${yardstick ? 'yardstick' : 'row'}" x="${LABELS}" y="${top}" width="${scale(rate.median).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
    `<line class="range" x1="${least}" x2="${most}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${Number(most) + 8}" y="${baseline}">${Math.round(rate.median)} <tspan class="quiet">${escapeXml(ratioText)}</tspan></text>`,
  ].join('\n');
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
