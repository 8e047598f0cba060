import { printable } from './printable.js';

/** A column by its heading: what it shows of a row. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => unknown>>;

const GAP = '  ';

/** Rows below headings, each column as wide as its widest cell. */
export function table<Row>(rows: readonly Row[], columns: Columns<Row>): string {
  const headings = Object.keys(columns).map((heading) => heading.toUpperCase());
  const cells = rows.map((row) => Object.values(columns).map((cellOf) => cell(cellOf(row))));
  const lines = [headings, ...cells];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

/** The members of a document, one a line; what lies deeper as JSON. */
export function members(document: object): string {
  const entries = Object.entries(document).filter(([, value]) => value !== undefined);
  const width = Math.max(...entries.map(([name]) => name.length));
  return entries.map(([name, value]) => `${name.padEnd(width)}${GAP}${cell(value)}`).join('\n');
}

function cell(value: unknown): string {
  if (value === undefined || value === null || value === '') return '-';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return cell(value.join(' '));
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
