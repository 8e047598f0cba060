import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';

/** How to run it, besides the defaults. */
export interface EmbeddedOptions {
  /** A free one otherwise. */
  readonly port?: number;
  /** Server parameters, as `name=value`. */
  readonly parameters?: readonly string[];
}

/** What the host process answers once, see `postgres-host.ts`. */
export type HostMessage = { url: string } | { error: string };

/** A Postgres on this machine that nobody has set up. */
export interface LocalPostgres {
  readonly url: string;
  /** Lets go of it. */
  stop(): Promise<void>;
}

const HOST = fileURLToPath(new URL('./postgres-host.js', import.meta.url));
const STOP_TIMEOUT_MS = 15_000;

/**
 * The Postgres of a first run, under the data folder.
 *
 * It lives in a host process of its own session, tied to this one by an IPC channel: a Ctrl-C in the
 * terminal reaches us alone, so that requests under way are drained before the database goes; and when
 * we are killed, the channel closes and the host shuts the database down cleanly.
 */
export class EmbeddedPostgres implements LocalPostgres {
  private constructor(
    readonly url: string,
    private readonly host: ChildProcess,
  ) {}

  /** @throws Error that says what is wrong with the data folder or the installation */
  static start(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
    const host = fork(HOST, [resolve(dataDir), JSON.stringify(options)], {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    return new Promise((fulfil, reject) => {
      host.once('exit', (code) => {
        reject(new Error(`the embedded Postgres did not start (exit ${code ?? 'by signal'})`));
      });
      host.once('message', (message: HostMessage) => {
        if ('url' in message) fulfil(new EmbeddedPostgres(message.url, host));
        else reject(new Error(message.error));
      });
    });
  }

  /** Shuts the database down and waits until its files are at rest. */
  async stop(): Promise<void> {
    if (this.host.exitCode !== null || !this.host.connected) return;
    await new Promise<void>((done) => {
      const timer = setTimeout(done, STOP_TIMEOUT_MS);
      this.host.once('exit', () => {
        clearTimeout(timer);
        done();
      });
      this.host.disconnect();
    });
  }
}
