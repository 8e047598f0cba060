import { drive, NOTHING_LEFT } from './drive.mjs';
import { HttpConnection } from './http-connection.mjs';

/**
 * What one connection says and hears, over all slices of a run.
 *
 * @typedef {object} Conversation
 * @property {() => string | undefined} next the next request; `undefined` when there is none for now
 * @property {(answer: import('./http-connection.mjs').Answer) => string | undefined} judge what is wrong with
 *   the answer to it
 */

/** Conversations with a server on this machine. Between slices no connection is open. */
export class HttpLoad {
  #port;
  #conversations;

  /**
   * @param {{ port: number, connections: number }} target
   * @param {(connection: number) => Conversation} begin the conversation of the nth connection
   */
  constructor({ port, connections }, begin) {
    this.#port = port;
    this.#conversations = Array.from({ length: connections }, (_, connection) => begin(connection));
  }

  /**
   * @param {number} seconds
   * @returns {Promise<import('./drive.mjs').Slice>}
   * @throws Error when a connection breaks: then nothing is known of what was under way on it
   */
  async slice(seconds) {
    const connections = await Promise.all(this.#conversations.map(() => HttpConnection.open(this.#port)));
    try {
      const turns = this.#conversations.map((conversation, index) =>
        turnOf(conversation, connections[index]),
      );
      return await drive(turns, seconds);
    } finally {
      for (const connection of connections) connection.close();
    }
  }
}

/**
 * @param {Conversation} conversation
 * @param {HttpConnection} connection
 * @returns {import('./drive.mjs').Turn}
 */
function turnOf(conversation, connection) {
  return async () => {
    const request = conversation.next();
    return request === undefined ? NOTHING_LEFT : conversation.judge(await connection.exchange(request));
  };
}
