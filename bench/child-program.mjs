import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';

/** A program of the benchmark in a process of its own, which answers one question at a time. */
export class ChildProgram {
  #child;

  /**
   * @param {URL} program one that calls `answerParent`
   * @param {Record<string, string>} [env]
   */
  constructor(program, env = {}) {
    const { PATH, HOME } = process.env;
    // In a folder without `.env`, so that the variables are ours alone.
    this.#child = fork(fileURLToPath(program), {
      cwd: tmpdir(),
      env: { PATH, HOME, ...env },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  /** @returns {number} */
  get pid() {
    return this.#child.pid ?? 0;
  }

  /**
   * @param {string} question
   * @param {unknown} [details] what structured cloning can copy
   * @returns {Promise<any>} the answer
   * @throws Error when the program fails to answer, or ends
   */
  async ask(question, details) {
    const settled = new AbortController();
    const { signal } = settled;
    try {
      const ended = once(this.#child, 'exit', { signal }).then(() => [{ error: 'the process ended' }]);
      const answered = once(this.#child, 'message', { signal });
      ended.catch(() => undefined);
      this.#child.send({ question, details });
      const [{ answer, error }] = await Promise.race([answered, ended]);
      if (error) throw new Error(`${question}: ${error}`);
      return answer;
    } finally {
      settled.abort();
    }
  }

  async stop() {
    if (!this.#child.connected) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }
}
