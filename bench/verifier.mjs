/**
 * How fast `regrant/verifier` is, against jose alone: `node bench/verifier.mjs`, after a build.
 *
 * The issuer is a small server of this process: what is measured is the library, not the service.
 */
import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { v7 } from 'uuid';
import { TokenVerifier } from '../dist/verifier/token-verifier.js';
import { median } from './statistics.mjs';

const ROUNDS = 5;
const SLICE_MS = 500;
/** Verifications under way at a time: jose hands its work to other threads. */
const LANES = 8;
const TOKENS = 64;
const REVOCATIONS = 50;

/** @type {string[]} */
const wrong = [];

/** Metadata, keys, tokens for whoever asks, an empty snapshot, and a stream that revokes on demand. */
async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256', use: 'sig' }];
  /** @type {Set<import('node:http').ServerResponse>} */
  const readers = new Set();
  const server = createServer((request, response) => {
    const answer = answers[new URL(request.url ?? '/', issuer).pathname];
    if (answer) response.end(JSON.stringify(answer));
    else open(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const heartbeats = setInterval(() => tell(': heartbeat\n\n'), 1_000);
  /** @type {Record<string, object>} */
  const answers = {
    '/.well-known/oauth-authorization-server': {
      issuer,
      token_endpoint: `${issuer}/token`,
      introspection_endpoint: `${issuer}/introspect`,
      jwks_uri: `${issuer}/jwks`,
    },
    '/token': { access_token: 'own', expires_in: 3_600 },
    '/jwks': { keys },
    '/events/revocations/snapshot': { cursor: '1-1' },
  };
  const open = (/** @type {import('node:http').ServerResponse} */ response) => {
    response.writeHead(200).write(': heartbeat\n\n');
    readers.add(response);
  };
  const tell = (/** @type {string} */ text) => {
    for (const reader of readers) reader.write(text);
  };
  return {
    issuer,
    publicKey,
    /** An access token of the usual size. */
    sign: () =>
      new SignJWT({ client_id: 'demo', sid: v7(), scope: 'read write' })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'bench' })
        .setIssuer(issuer)
        .setAudience(issuer)
        .setSubject(randomUUID())
        .setJti(v7())
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey),
    revoke: (/** @type {string} */ jti) => {
      const event = { type: 'access-token-revoked', occurred_at: new Date().toISOString(), jti };
      tell(`id: 1-2\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    },
    stop: () => {
      clearInterval(heartbeats);
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Verifies the tokens in turn for a while.
 *
 * @param {readonly string[]} tokens
 * @param {(token: string) => Promise<{ jti?: string }>} verify
 * @returns {Promise<{ rate: number, latencies: number[] }>} per second; milliseconds
 */
async function slice(tokens, verify) {
  const ids = tokens.map(idOf);
  /** @type {number[]} */
  const latencies = [];
  let next = 0;
  const begun = performance.now();
  const lane = async () => {
    for (let now = begun; now < begun + SLICE_MS;) {
      const at = next++ % tokens.length;
      const { jti } = await verify(tokens[at]);
      if (jti !== ids[at]) wrong.push('the claims of another token');
      const before = now;
      now = performance.now();
      latencies.push(now - before);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return { rate: latencies.length / ((performance.now() - begun) / 1_000), latencies };
}

/** @param {string} token */
function idOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).jti;
}

/**
 * @param {TokenVerifier} verifier
 * @param {string} token
 */
function refusal(verifier, token) {
  return verifier.verify(token).then(
    () => undefined,
    (error) => error.reason,
  );
}

/** Milliseconds from a revocation's being written to the stream to the first refusal. */
async function revocationDelays(issuer, verifier) {
  /** @type {number[]} */
  const delays = [];
  while (delays.length < REVOCATIONS) {
    const token = await issuer.sign();
    if ((await refusal(verifier, token)) !== undefined) wrong.push('a live token was refused');
    const begun = performance.now();
    issuer.revoke(idOf(token));
    while ((await refusal(verifier, token)) === undefined) {
      if (performance.now() - begun > 5_000) throw new Error('a revoked token is taken for alive');
      await turn();
    }
    delays.push(performance.now() - begun);
  }
  return delays;
}

/** @param {number[]} values */
function percentile99(values) {
  return values.sort((one, other) => one - other)[Math.floor(values.length * 0.99)];
}

async function main() {
  const issuer = await startIssuer();
  const credentials = { clientId: 'bench', clientSecret: 'bench' };
  const options = { issuer: issuer.issuer, audience: issuer.issuer, credentials };
  const caching = await TokenVerifier.start(options);
  // Room for one: with the tokens in turn, none is ever remembered.
  const forgetting = await TokenVerifier.start({ ...options, cacheSize: 1 });
  const tokens = await Promise.all(Array.from({ length: TOKENS }, issuer.sign));
  const checks = { typ: 'at+jwt', issuer: issuer.issuer, audience: issuer.issuer };

  const rows = {
    'bare jose, ES256': async (token) => (await jwtVerify(token, issuer.publicKey, checks)).payload,
    'uncached token': (token) => forgetting.verify(token),
    'cached token': (token) => caching.verify(token),
  };
  for (const verify of Object.values(rows)) await slice(tokens, verify);
  const slices = Object.keys(rows).map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [row, verify] of Object.values(rows).entries()) slices[row].push(await slice(tokens, verify));
  }
  const rates = slices.map((measured) => median(measured.map(({ rate }) => rate)));
  for (const [row, name] of Object.keys(rows).entries()) {
    const p99 = percentile99(slices[row].flatMap(({ latencies }) => latencies));
    const ratio = rates[row] / rates[0];
    process.stdout.write(
      `${name}: ${Math.round(rates[row])}/s, p99 ${p99.toFixed(4)} ms, ${ratio.toFixed(2)} of bare jose\n`,
    );
  }
  const delays = await revocationDelays(issuer, caching);
  process.stdout.write(
    `revocation: refused ${median(delays).toFixed(2)} ms after its event, p99 ${percentile99(delays).toFixed(2)} ms\n`,
  );
  const [token] = tokens;
  const tampered = `${token.slice(0, -6)}AAAAAA`;
  if ((await refusal(caching, tampered)) !== 'invalid') wrong.push('a tampered token was not refused');
  for (const verifier of [caching, forgetting]) verifier.stop();
  issuer.stop();
  for (const problem of new Set(wrong)) process.stderr.write(`WRONG ${problem}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
