import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { UsageError } from './failure.js';

/** Readers of options and of files that they name. Each throws UsageError. */

export function wholeNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new UsageError(`${value} is not a whole number`);
  return Number(value);
}

/** For an option that may stand more than once. */
export function another(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** A JSON object in a file, or on standard input for `-`. */
export async function jsonObjectIn(file: string): Promise<object> {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch(
    (error: unknown) => {
      throw new UsageError(`${file} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
    },
  );
  const value = parsed(content, file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`${file} does not hold a JSON object`);
}

/** The parser's own message would show what is in the file. */
function parsed(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    throw new UsageError(`${file} is not JSON`);
  }
}
