/**
 * A program, see `ChildProgram`: the service behind the proxies. It answers with whom the access token that came is
 * for, which it believes: that the token is genuine is the gateway's business.
 */
import { createServer } from 'node:http';
import { answerParent } from '../answer-parent.mjs';

/** Answers by `Authorization` header: reading the same tokens again and again would be load of our own making. */
const known = new Map();

const server = createServer((request, response) => {
  const { authorization = '', 'refresh-token': refreshToken } = request.headers;
  const body = known.get(authorization) ?? remember(authorization);
  const isRight = body !== undefined && refreshToken === undefined;
  const answer = isRight ? body : '{"error":"no access token, or a refresh token"}';
  const headers = { 'content-type': 'application/json', 'content-length': answer.length };
  response.writeHead(isRight ? 200 : 400, headers).end(answer);
});
// Which of the proxies keeps its connections for longer is not the question.
server.keepAliveTimeout = 600_000;

answerParent({
  listen: () =>
    new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve({ port: server.address().port }));
    }),
});

/** @param {string} authorization */
function remember(authorization) {
  const [, payload] = /^Bearer [\w-]+\.([\w-]+)\.[\w-]+$/.exec(authorization) ?? [];
  if (payload === undefined) return undefined;
  const { sub, sid } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const body = JSON.stringify({ sub, sid });
  known.set(authorization, body);
  return body;
}
