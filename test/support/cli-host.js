/**
 * Runs commands of the built CLI one after another in one process, as {@link CommandHost} asks: the program is loaded
 * once. Each has an environment, arguments and streams of its own, as if it were a process.
 *
 * @typedef {{ args: string[], environment: Record<string, string>, input: string }} Asked
 */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

const PROGRAM = new URL('../../dist/cli/program.js', import.meta.url);
/** @type {unknown} */
const built = await import(PROGRAM.href);
const { createProgram } = /** @type {typeof import('../../src/cli/program.js')} */ (built);

/** @param {Asked} asked */
async function run({ args, environment, input }) {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
  process.argv.splice(2, Infinity, ...args);
  process.exitCode = undefined;
  const streams = { stdin: Readable.from([input]), stdout: new PassThrough(), stderr: new PassThrough() };
  for (const [name, value] of Object.entries(streams))
    Object.defineProperty(process, name, { value, configurable: true });
  const printed = Promise.all([text(streams.stdout), text(streams.stderr)]);
  const program = await createProgram();
  const code = await program.run();
  streams.stdout.end();
  streams.stderr.end();
  const [stdout, stderr] = await printed;
  return { code, stdout, stderr };
}

process.on('message', (/** @type {Asked} */ asked) => {
  void run(asked).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
