import { readdir, readFile } from 'node:fs/promises';

/** The unit of times in `/proc`: `getconf CLK_TCK` is 100 on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const POSTGRES = 'postgres';

/**
 * A process as `/proc` has it.
 *
 * @typedef {object} Process
 * @property {number} pid
 * @property {number} parent
 * @property {string} name
 * @property {number} cpu seconds of user and system time, those of its ended children with them
 */

/**
 * The processor time that a process and its descendants have used by now, in seconds.
 *
 * @param {number | undefined} root
 * @returns {Promise<number | undefined>} `undefined` where the system has no `/proc`
 */
export async function cpuOf(root) {
  const tree = await treeOf(root);
  return tree && tree.reduce((sum, { cpu }) => sum + cpu, 0);
}

/**
 * The memory of a process and its descendants, in bytes: what they share counts once (the proportional set size).
 *
 * @param {number | undefined} root
 * @returns {Promise<number | undefined>} `undefined` where the system does not tell
 */
export async function memoryOf(root) {
  const tree = await treeOf(root);
  const sizes = await Promise.all((tree ?? []).map(({ pid }) => proportionalSize(pid)));
  const known = sizes.filter((size) => size !== undefined);
  return known.length > 0 ? known.reduce((sum, size) => sum + size, 0) : undefined;
}

/**
 * The process that all others of a Postgres descend from.
 *
 * @param {number} backend what `pg_backend_pid()` said
 * @returns {Promise<number | undefined>} `undefined` where Postgres runs elsewhere
 */
export async function postmasterOf(backend) {
  const processes = await allProcesses();
  const known = processes.find(({ pid, name }) => pid === backend && name === POSTGRES);
  return processes.find(({ pid, name }) => pid === known?.parent && name === POSTGRES)?.pid;
}

/** @param {number | undefined} root */
async function treeOf(root) {
  const processes = await allProcesses();
  const first = processes.find(({ pid }) => pid === root);
  if (!first) return undefined;
  const tree = [first];
  // The array grows under the loop: children come behind their parents.
  for (const { pid } of tree) tree.push(...processes.filter(({ parent }) => parent === pid));
  return tree;
}

/** @returns {Promise<Process[]>} */
async function allProcesses() {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return found.filter((stat) => stat !== '').map(parseStat);
}

/**
 * @param {string} stat see proc_pid_stat(5); the name, in brackets, may hold anything
 * @returns {Process}
 */
function parseStat(stat) {
  const [, pid, name, rest] = /^(\d+) \((.*)\) (.*)/s.exec(stat) ?? [];
  const fields = (rest ?? '').split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number(pid), parent: Number(fields[1]), name: name ?? '', cpu: ticks / TICKS_PER_SECOND };
}

/** @param {number} pid */
async function proportionalSize(pid) {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const [, kilobytes] = /^Pss: +(\d+) kB/m.exec(rollup) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}
