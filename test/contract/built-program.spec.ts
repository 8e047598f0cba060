import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { startService } from '../support/service-process.js';
import { createDatabase } from '../support/test-database.js';

const DIST = new URL('../../dist/', import.meta.url);
/** `import "x"`, `import y from "x"` and `export y from "x"`: what is opened before anything runs. */
const STATIC_IMPORT = /(?:^|[;}\n])(?:import|export)(?:[\w$*{},\s]*from)?"([^"]+)"/g;
/** Native code has to be where it was installed. */
const NATIVE = ['@node-rs/argon2'];

describe('the built program', () => {
  it('opens a few files to start, and none of a library but native code', async () => {
    const files = (await readdir(DIST)).filter((name) => /^main.*\.js$/.test(name));
    const sources = await Promise.all(files.map((name) => readFile(new URL(name, DIST), 'utf8')));
    const imported = sources.flatMap((source) =>
      [...source.matchAll(STATIC_IMPORT)].map(([, specifier = '']) => specifier),
    );
    const others = imported.filter(
      (specifier) => !/^(\.|node:)/.test(specifier) && !builtinModules.includes(specifier),
    );
    expect([...new Set(others)]).toEqual(NATIVE);
    expect(imported.filter((specifier) => specifier.startsWith('.')).length).toBeGreaterThan(0);
    expect(files.length).toBeLessThan(100);
  });

  it('calls what it logs by the names of the sources', async () => {
    const database = await createDatabase();
    const service = await startService(database.url, { LOG_LEVEL: 'info' });
    const lines = service
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    await service.stop();
    await database.drop();
    const contexts = new Set(lines.map((line) => (JSON.parse(line) as { context?: string }).context));
    expect([...contexts]).toEqual(expect.arrayContaining(['KeyScheduler']));
    expect([...contexts].filter((context) => context !== undefined && !/^[A-Z]\w*$/.test(context))).toEqual(
      [],
    );
  });
});
