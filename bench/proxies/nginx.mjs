import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { programOrInstall } from '../../test/support/apt-program.js';
import { freePort } from '../../test/support/free-port.js';

/** More than a run sends on one connection: a proxy that ends connections would be measured connecting. */
const REQUESTS = 1_000_000_000;

/**
 * The path of nginx, installed where that may be.
 *
 * @returns {string}
 * @throws Error where there is none
 */
export function nginxProgram() {
  return programOrInstall(['nginx'], 'nginx-light', 'there is no nginx in the PATH');
}

/**
 * Starts an nginx with one worker that passes everything on, over connections that it keeps.
 *
 * @param {string} upstream host and port
 * @returns {Promise<{ port: number, pid: number, stop(): Promise<void> }>}
 * @throws Error with its log when it does not start
 */
export async function startNginx(upstream) {
  const folder = await mkdtemp(join(tmpdir(), 'regrant-bench-nginx-'));
  const [port, file, log] = [await freePort(), join(folder, 'nginx.conf'), join(folder, 'error.log')];
  await writeFile(file, configuration({ folder, port, upstream }));
  const child = spawn(nginxProgram(), ['-p', folder, '-c', file, '-e', log], {
    stdio: 'ignore',
    // Of a group of its own, so that a Ctrl-C reaches us alone.
    detached: true,
  });
  const ended = once(child, 'exit');
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${await readFile(log, 'utf8')}`);
    await delay(20);
  }
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  };
  return { port, pid: child.pid ?? 0, stop };
}

/** @param {{ folder: string, port: number, upstream: string }} site */
function configuration({ folder, port, upstream }) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    worker_processes 1;
    pid ${folder}/nginx.pid;
    events { worker_connections 4096; }
    http {
      access_log off;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
      keepalive_requests ${REQUESTS};
      upstream service {
        server ${upstream};
        keepalive 1024;
        keepalive_requests ${REQUESTS};
      }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://service;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
        }
      }
    }`;
}

/** @param {number} port */
function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tell = (/** @type {boolean} */ isOpen) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => tell(true));
    socket.once('error', () => tell(false));
  });
}
