import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programOrInstall } from './apt-program.js';
import { until } from './until.js';

export interface Nginx {
  stop(): Promise<void>;
}

/** Runs nginx with the contents of an `http` block. @throws Error with its log when it can't start */
export async function startNginx(site: string, port: number): Promise<Nginx> {
  const program = programOrInstall(['nginx'], 'nginx-light', 'These tests need nginx in the PATH.');
  const folder = await mkdtemp(join(tmpdir(), 'regrant-nginx-'));
  await writeFile(join(folder, 'nginx.conf'), configuration(folder, site));
  const log = join(folder, 'error.log');
  const child = spawn(program, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', log], {
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  let isOver = false;
  void ended.then(() => (isOver = true));
  await until(async () => {
    if (isOver) throw new Error(await readFile(log, 'utf8'));
    return isListening(port);
  });
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

function configuration(folder: string, site: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${folder}/nginx.pid;
    events { worker_connections 256; }
    http {
      access_log off;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
      ${site}
    }`;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => {
      tell(true);
    });
    socket.once('error', () => {
      tell(false);
    });
  });
}
