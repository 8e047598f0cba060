import { transformFile } from '@swc/core';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const GLOBALS = new URL('jest-globals.js', import.meta.url).href;

/**
 * Node's hook by which imports are found: `x.js` is `x.ts` where that is what there is, and Jest's functions are those
 * of the runner.
 *
 * @type {import('node:module').ResolveHook}
 */
export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
  if (!/^\.{1,2}\/.*\.js$/.test(specifier)) return next(specifier, context);
  const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
  return source.protocol === 'file:' && existsSync(source)
    ? { url: source.href, format: 'module', shortCircuit: true }
    : next(specifier, context);
}

/**
 * Node's hook by which modules are read: TypeScript is compiled by the rules in `.swcrc`.
 *
 * @type {import('node:module').LoadHook}
 */
export async function load(url, context, next) {
  if (!/\.ts(?:\?|$)/.test(url)) return next(url, context);
  const { code } = await transformFile(fileURLToPath(url), { sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
