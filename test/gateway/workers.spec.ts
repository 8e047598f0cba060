import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Collector, startCollector } from '../support/collector.js';
import { freePort } from '../support/free-port.js';
import { addRoute } from '../support/gateway.js';
import { send } from '../support/http.js';
import { firstRefreshToken } from '../support/oauth.js';
import { type Replicas, startReplicas } from '../support/replicas.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const ROUNDS = 20;
const AT_ONCE = 20;
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';

describe('a gateway of two workers', () => {
  let upstream: Upstream;
  let collector: Collector;
  let replicas: Replicas;
  let gateway: string;
  beforeAll(async () => {
    upstream = await startUpstream();
    collector = await startCollector();
    const port = await freePort();
    replicas = await startReplicas(
      { GATEWAY_PORT: '0', ROTATION_GRACE_SECONDS: '0' },
      { GATEWAY_PORT: String(port), WORKERS: '2', OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    );
    gateway = `http://127.0.0.1:${port}`;
    await addRoute(replicas.here, {
      upstream_url: upstream.url,
      config: { auth_methods: ['refresh_token'], upstream_refresh_token_header: 'refresh_token' },
    });
    await until(async () => (await send(gateway, { method: 'GET' })).status === 401);
  });
  afterAll(async () => {
    await replicas.stop();
    await collector.stop();
    await upstream.stop();
  });

  /** On a connection of its own, which either worker may take. */
  const get = async (token: string, headers: Record<string, string> = {}) => {
    const { status, body } = await send(gateway, {
      method: 'GET',
      headers: { 'refresh-token': token, connection: 'close', ...headers },
    });
    return { status, next: (body as { headers: Record<string, string> }).headers['Refresh-Token'] ?? '' };
  };

  it('exchanges a token once, whichever workers it is presented to, without grace', async () => {
    let token = await firstRefreshToken(replicas.here.url);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => get(token)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const successors = new Set(answers.map(({ next }) => next));
      expect(successors.size).toBe(1);
      [token = ''] = successors;
    }
  });

  it('has the upstream go on with the trace of the caller', async () => {
    const token = await firstRefreshToken(replicas.here.url);
    const { status } = await get(token, { traceparent: `00-${TRACE}-${CALLER}-01` });
    expect(status).toBe(200);
    const traceparent = String(upstream.requests.at(-1)?.headers.traceparent);
    const [, trace, span] = /^00-([\da-f]{32})-([\da-f]{16})-01$/.exec(traceparent) ?? [];
    expect(trace).toBe(TRACE);
    await until(() =>
      collector.spans.some(({ name, traceId }) => name === 'gateway GET' && traceId === TRACE),
    );
    const own = collector.spans.find(({ name, traceId }) => name === 'gateway GET' && traceId === TRACE)!;
    expect(own).toMatchObject({ spanId: span, parentSpanId: CALLER, isError: false });
    expect(collector.bodies.join('\n')).not.toContain(token);
  });
});
