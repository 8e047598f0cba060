import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The root key of a first run: made once in the data folder, readable by its owner only, and read again
 * at every start, so that what was issued before a restart still works.
 *
 * @returns an entry of `REGRANT_KEYS`
 */
export async function developmentKey(dataDir: string): Promise<string> {
  const file = join(dataDir, 'root.key');
  await mkdir(dataDir, { recursive: true });
  try {
    await writeFile(file, `1:${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
