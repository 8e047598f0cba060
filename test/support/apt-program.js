import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Test files run side by side, and apt lets one in at a time. */
const LOCK = '/tmp/regrant-apt.lock';
const INSTALL = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends "$0"';

/**
 * The path of the first of the programs that there is, installed from a package where there is none and it may.
 *
 * @param {readonly string[]} names
 * @param {string} aptPackage
 * @param {string} advice one line, for where it can't be installed
 * @returns {string}
 */
export function programOrInstall(names, aptPackage, advice) {
  const known = findProgram(names);
  if (known !== undefined) return known;
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('flock', [LOCK, 'sh', '-c', INSTALL, aptPackage], { stdio: 'ignore', env });
  } catch {
    // Judged by what is there afterwards.
  }
  const installed = findProgram(names);
  if (installed !== undefined) return installed;
  throw new Error(advice);
}

/**
 * @param {readonly string[]} names
 * @returns {string | undefined}
 */
function findProgram(names) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'];
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find((path) => existsSync(path));
}
