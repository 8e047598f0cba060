import { describeWrong } from './answers.mjs';
import { HttpLoad } from './http-load.mjs';
import { walkShare } from './share.mjs';

/**
 * A request by the header that says who it is for, and what the upstream answers where it is told the same.
 *
 * @typedef {{ header: string, answer: string }} Asked
 */

/**
 * Requests through a proxy, for one session after the other.
 *
 * @param {{ port: number, connections: number, asked: Asked[] }} work
 * @returns {import('../rows.mjs').Load}
 */
export function proxied({ port, connections, asked }) {
  const requests = asked.map(({ header }) => requestWith(header, port));
  return new HttpLoad({ port, connections }, (connection) => {
    const nextIndex = walkShare(asked.length, connection, connections);
    let index = 0;
    return {
      next: () => {
        index = nextIndex();
        return requests[index];
      },
      judge: (answer) =>
        answer.status === 200 && answer.body === asked[index].answer
          ? undefined
          : describeWrong('the upstream was not told who a request was for', answer),
    };
  });
}

/**
 * @param {string} header
 * @param {number} port
 */
function requestWith(header, port) {
  const lines = [
    'GET /orders/7?page=2 HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Accept: application/json',
    'User-Agent: bench',
    header,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
