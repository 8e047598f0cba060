import { once } from 'node:events';
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * An answer as it came; the body one character a byte.
 *
 * @typedef {{ status: number, body: string }} Answer
 */

/**
 * One kept-alive HTTP/1.1 connection with one request under way at a time, and as little work as that takes:
 * the load generator competes with the service for the processor. Every answer must tell its length.
 */
export class HttpConnection {
  #socket;
  #received = '';
  /** @type {{ resolve(answer: Answer): void, reject(error: Error): void } | undefined} */
  #waiting;

  /** @param {import('node:net').Socket} socket connected */
  constructor(socket) {
    this.#socket = socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (/** @type {string} */ chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  /**
   * @param {number} port on this machine
   * @returns {Promise<HttpConnection>}
   */
  static async open(port) {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new HttpConnection(socket);
  }

  /**
   * @param {string} request head and body, ASCII
   * @returns {Promise<Answer>}
   */
  exchange(request) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request, 'latin1');
    });
  }

  close() {
    this.#socket.destroy();
  }

  /** @param {string} chunk */
  #take(chunk) {
    this.#received += chunk;
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const [, length] = CONTENT_LENGTH.exec(this.#received.slice(0, headEnd)) ?? [];
    if (length === undefined) return this.#fail(new Error('an answer without Content-Length'));
    const start = headEnd + HEAD_END.length;
    const end = start + Number(length);
    if (this.#received.length < end) return;
    const answer = { status: Number(this.#received.slice(9, 12)), body: this.#received.slice(start, end) };
    this.#received = this.#received.slice(end);
    this.#waiting?.resolve(answer);
  }

  /** @param {Error} error */
  #fail(error) {
    this.#waiting?.reject(error);
  }
}
