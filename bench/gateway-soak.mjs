/**
 * The gateway under mixed traffic for minutes, while an issuer and the upstream fail and return:
 *
 *   npm run -s build && node bench/gateway-soak.mjs [--minutes 10] [--families 100]
 *
 * Exits with 1 when an answer was made out for another than who asked, when a credential was judged because somebody
 * did not answer, or when the memory of the gateway grew by more than a tenth.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';
import { freePort } from '../test/support/free-port.js';
import { ChildProgram } from './child-program.mjs';
import { Cleanups } from './cleanups.mjs';
import { BenchDatabase } from './database.mjs';
import { growthOf, megabytes, residentBytes } from './memory.mjs';
import { openPostgres, openRedis } from './servers.mjs';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const FIXTURE = new URL('./gateway-soak-fixture.mjs', import.meta.url);
const WORKERS = 16;
/** Seconds. Short, so that a soak of minutes renews each token many times. */
const ACCESS_TOKEN_LIFETIME = 15;
const [FAILS_EVERY_MS, FAILS_FOR_MS] = [8_000, 2_000];
/** What is no verdict: somebody behind the gateway is away. */
const PASSING = [502, 503, 504];
const MAX_GROWTH = 0.1;

/**
 * A server of the soak: started, killed and started again on its port.
 *
 * @param {Record<string, string>} env
 */
async function startService(env) {
  const { PATH, HOME } = process.env;
  const port = env.HTTP_PORT;
  const child = spawn(process.execPath, [MAIN], {
    cwd: tmpdir(),
    env: { PATH, HOME, ...env },
    stdio: 'ignore',
  });
  for (;;) {
    const isReady = await fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return child;
    if (child.exitCode !== null) throw new Error('the service did not start');
    await delay(100);
  }
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

/** The family that a refresh token is of, from the token; and that an access token is of, from its `sid`. */
const familyOf = (token) => Buffer.from(token.slice(4), 'base64url').toString('hex', 1, 17);
const sessionOf = (authorization) =>
  JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString()).sid.replaceAll('-', '');

/** Answers with the access token that it was sent, or not at all for a while. */
async function startUpstream() {
  let isDown = false;
  const server = createServer((incoming, response) => {
    if (isDown) return void incoming.socket.destroy();
    incoming.resume();
    incoming.on('end', () => response.end(incoming.headers.authorization));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    fail: (down) => (isDown = down),
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** One server's environment, and its families. */
async function prepare(cleanups, { postgres, redis }, families) {
  const database = await BenchDatabase.create(postgres.url);
  cleanups.add(() => database.drop());
  const port = await freePort();
  const env = {
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    REDIS_KEY_PREFIX: `soak-${randomBytes(4).toString('hex')}:`,
    REGRANT_KEYS: `1:${randomBytes(32).toString('base64url')}`,
    HTTP_PORT: String(port),
    ISSUER: `http://127.0.0.1:${port}`,
    LOG_LEVEL: 'silent',
    // An issuer that was killed in the middle of an answer is away for longer than the default allows a retry.
    ROTATION_GRACE_SECONDS: '300',
  };
  const fixture = new ChildProgram(FIXTURE, env);
  cleanups.add(() => fixture.stop());
  const tokens = await fixture.ask('begin', { count: families, lifetime: ACCESS_TOKEN_LIFETIME });
  return { env, fixture, tokens };
}

/** Asks for one family after the other until the end, with every answer checked. */
async function load(gateway, targets, until, result) {
  const dispatcher = new Agent({ connections: WORKERS });
  const work = async () => {
    while (Date.now() < until) {
      const { path, token } = targets[Math.floor(Math.random() * targets.length)];
      const method = Math.random() < 0.3 ? 'POST' : 'GET';
      const body = method === 'POST' ? randomBytes(2_000) : undefined;
      const answer = await request(`${gateway}${path}`, {
        method,
        body,
        headers: { 'refresh-token': token },
        dispatcher,
      });
      const text = await answer.body.text();
      result.statuses[answer.statusCode] = (result.statuses[answer.statusCode] ?? 0) + 1;
      if (answer.statusCode === 200 && sessionOf(text) !== familyOf(token)) result.mixedUp += 1;
      else if (answer.statusCode !== 200 && !PASSING.includes(answer.statusCode)) result.misjudged.push(text);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  await dispatcher.close();
}

/** Has the issuer killed and the upstream fall silent, in turns. */
async function trouble(issuer, upstream, until) {
  for (let turn = 0; Date.now() + FAILS_EVERY_MS + FAILS_FOR_MS < until; turn += 1) {
    await delay(FAILS_EVERY_MS);
    if (turn % 2 === 0) upstream.fail(true);
    else await stop(issuer.child, 'SIGKILL');
    await delay(FAILS_FOR_MS);
    upstream.fail(false);
    if (turn % 2 === 1) issuer.child = await startService(issuer.env);
  }
}

async function sampleMemory(pid, until) {
  const samples = [];
  while (Date.now() < until) {
    samples.push(await residentBytes(pid));
    await delay(1_000);
  }
  return samples;
}

async function main() {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '10' }, families: { type: 'string', default: '100' } },
  });
  const cleanups = new Cleanups();
  try {
    const [postgres, redis] = [await openPostgres(), await openRedis('soak-')];
    cleanups.add(() => redis.stop());
    cleanups.add(() => postgres.stop());
    const upstream = await startUpstream();
    cleanups.add(() => upstream.stop());
    const [own, other] = await Promise.all(
      [0, 1].map(() => prepare(cleanups, { postgres, redis }, Number(values.families))),
    );
    await own.fixture.ask('route', { path: '/own', issuer: null, upstream: upstream.url });
    await own.fixture.ask('route', { path: '/other', issuer: other.env.ISSUER, upstream: upstream.url });
    const issuer = { env: other.env, child: await startService(other.env) };
    cleanups.add(() => stop(issuer.child));
    const gatewayPort = String(await freePort());
    const gateway = await startService({ ...own.env, GATEWAY_PORT: gatewayPort });
    cleanups.add(() => stop(gateway));

    const until = Date.now() + Number(values.minutes) * 60_000;
    const targets = [
      ['/own', own],
      ['/other', other],
    ].flatMap(([path, { tokens }]) => tokens.map((token) => ({ path, token })));
    const result = { statuses: {}, mixedUp: 0, misjudged: [] };
    const [samples] = await Promise.all([
      sampleMemory(gateway.pid, until),
      load(`http://127.0.0.1:${gatewayPort}`, targets, until, result),
      trouble(issuer, upstream, until),
    ]);
    const growth = growthOf(samples);
    console.log(
      JSON.stringify({
        ...result,
        minutes: Number(values.minutes),
        megabytes: megabytes(samples.at(-1)),
        growth: Number(growth.toFixed(3)),
      }),
    );
    // In less than a minute a process has not even warmed up.
    const hasGrown = Number(values.minutes) >= 1 && growth > MAX_GROWTH;
    if (result.mixedUp > 0 || result.misjudged.length > 0 || hasGrown || !result.statuses[200])
      process.exitCode = 1;
  } finally {
    await cleanups.run();
  }
}

await main();
