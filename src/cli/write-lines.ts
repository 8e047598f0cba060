import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { UsageError } from './failure.js';

/**
 * Writes chunks of whole lines into a new file that only its owner may read, or to standard output for `-`.
 *
 * @param onChunk is told the last line of each
 * @returns how many lines
 * @throws UsageError where the file can't be made; one that is there is left as it is
 */
export async function writeLines(
  file: string,
  chunks: AsyncIterable<string>,
  onChunk: (last: string) => void,
): Promise<number> {
  const target = file === '-' ? process.stdout : await newFile(file);
  let count = 0;
  for await (const chunk of chunks) {
    if (!target.write(chunk)) await once(target, 'drain');
    const lines = chunk.trimEnd().split('\n');
    count += lines.length;
    onChunk(lines.at(-1) ?? '');
  }
  if (target !== process.stdout) await finished(target.end());
  return count;
}

async function newFile(path: string) {
  const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  await once(file, 'open').catch((error: unknown) => {
    throw new UsageError(`${path} can't be made (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  });
  return file;
}
