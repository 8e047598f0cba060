/**
 * Prints the help of every command of the built CLI as one JSON document, by the command's path.
 *
 * @typedef {object} Command
 * @property {readonly Command[]} commands
 * @property {() => string} name
 * @property {(output: { writeOut: (text: string) => void }) => Command} configureOutput
 * @property {() => void} outputHelp
 */
const program = new URL('../../dist/cli/program.js', import.meta.url);
/** @type {unknown} */
const built = await import(program.href);
const { createProgram } = /** @type {{ createProgram: () => Promise<{ command: Command }> }} */ (built);

/** @type {Record<string, { help: string, isGroup: boolean }>} */
const helps = {};

/** @type {(command: Command, path: readonly string[]) => void} */
function note(command, path) {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  helps[path.join(' ')] = { help, isGroup: command.commands.length > 0 };
  for (const subcommand of command.commands) note(subcommand, [...path, subcommand.name()]);
}

const { command: root } = await createProgram();
note(root, []);
process.stdout.write(JSON.stringify(helps));
