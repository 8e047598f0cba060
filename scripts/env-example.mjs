/**
 * Prints `.env.example`, or with `--markdown` the configuration table of the README, from the variables
 * that the built config classes declare. Run `npm run build` first.
 *
 *   node scripts/env-example.mjs > .env.example
 *   node scripts/env-example.mjs --markdown
 */
import { namespaces } from '../dist/config/config.module.js';
import { variablesOf } from '../dist/config/variable.js';

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {string} describe one line
 * @property {string} value the default, as it is written in an environment; empty for unset
 */

/** Read by Node's ecosystem and by us, but declared by no namespace. */
const PROCESS = {
  title: 'process',
  entries: [
    {
      name: 'NODE_ENV',
      describe:
        'production demands its secrets and has no embedded or in-memory parts and no demo accounts; test ignores .env.',
      value: '',
    },
  ],
};

const groups = [PROCESS, ...namespaces.map(groupOf)];
process.stdout.write(process.argv.includes('--markdown') ? markdown() : dotenv());

/** @param {{ type: new () => object }} namespace */
function groupOf({ type }) {
  const defaults = new type();
  const entries = variablesOf(type).map(({ property, name, describe }) => {
    return { name, describe, value: String(Reflect.get(defaults, property)) };
  });
  return { title: type.name.replace(/Config$/, '').toLowerCase(), entries };
}

function dotenv() {
  const head = [
    '# Every variable, commented out with its default. Copy this file to .env: the service reads that from the',
    '# folder it is started in, and a variable of the real environment wins over it. An empty value is unset.',
  ];
  const blocks = groups.map(({ title, entries }) => [
    '',
    `# --- ${title} ---`,
    ...entries.flatMap(assignment),
  ]);
  return [...head, ...blocks.flat(), ''].join('\n');
}

/** @param {Entry} entry */
function assignment({ name, describe, value }) {
  return [`# ${describe} Default: ${value === '' ? 'unset' : value}`, `# ${name}=${value}`];
}

/** The columns padded as prettier wants them. */
function markdown() {
  const rows = groups
    .flatMap(({ entries }) => entries)
    .map(({ name, describe, value }) => {
      return [`\`${name}\``, value === '' ? 'unset' : `\`${value}\``, describe.replaceAll('|', '\\|')];
    });
  const table = [['Variable', 'Default', 'What it does'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1), ''].join('\n');
}
