import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Collector, type ReceivedSpan, startCollector } from '../support/collector.js';
import { accessToken } from '../support/event-reader.js';
import { basic, postForm, send } from '../support/http.js';
import { DEMO, firstRefreshToken, refresh, signIn } from '../support/oauth.js';
import { startService, type ServiceProcess } from '../support/service-process.js';
import { PUSH, Receiver, revokeFamily, startReceiver } from '../support/shared-signals.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const [INTERNAL, SERVER, CLIENT] = [1, 2, 3];

describe('tracing', () => {
  let database: TestDatabase;
  let collector: Collector;
  let service: ServiceProcess;
  beforeAll(async () => {
    database = await createDatabase();
    collector = await startCollector();
    service = await startService(database.url, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'regrant-under-test',
      LOG_LEVEL: 'info',
      SSF_PUSH_ALLOWED_ADDRESSES: '127.0.0.0/8',
    });
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    await collector.stop();
    await database.drop();
  });

  const traceOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);
  /** The spans of a trace once its request's is there, which ends last. */
  const received = async (traceId: string): Promise<readonly ReceivedSpan[]> => {
    await until(() => traceOf(traceId).some(({ kind }) => kind === SERVER));
    return traceOf(traceId);
  };

  it('goes on with the trace of the caller, from the request to Postgres and the signature', async () => {
    const token = await firstRefreshToken(service.url);
    const headers = { traceparent: `00-${TRACE}-${CALLER}-01` };
    const answer = await refresh(service.url, token, DEMO, {}, headers);
    const spans = await received(TRACE);
    const server = spans.find(({ kind }) => kind === SERVER)!;
    expect(server).toMatchObject({ name: 'POST /oauth2/token', parentSpanId: CALLER, isError: false });
    expect(server.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/oauth2/token',
      'http.response.status_code': 200,
      'url.path': '/oauth2/token',
      'url.scheme': 'http',
    });
    const batch = spans.find(({ name }) => name === 'batch rotations')!;
    expect(batch).toMatchObject({ kind: INTERNAL, parentSpanId: server.spanId });
    const statement = spans.find(({ name }) => name === 'family_rotate')!;
    expect(statement).toMatchObject({ kind: CLIENT, parentSpanId: batch.spanId });
    expect(statement.attributes).toEqual({
      'db.system.name': 'postgresql',
      'db.query.summary': 'family_rotate',
    });
    expect(spans.find(({ name }) => name === 'encode access token')?.parentSpanId).toBe(server.spanId);
    for (const secret of [token, answer.body.refresh_token!, answer.body.access_token!, DEMO.secret!]) {
      expect(collector.bodies.join('\n')).not.toContain(secret);
    }
    expect([...collector.paths]).toEqual(['/v1/traces']);
    expect([...collector.services]).toEqual(['regrant-under-test']);
  });

  it('names the commands of Redis, and not their keys', async () => {
    const trace = '6'.repeat(32);
    const headers = { traceparent: `00-${trace}-${CALLER}-01`, authorization: basic(DEMO.id, DEMO.secret!) };
    const { body } = await signIn(service.url);
    await postForm(`${service.url}/oauth2/introspect`, { token: body.access_token }, headers);
    const command = (await received(trace)).find(
      ({ attributes }) => attributes['db.system.name'] === 'redis',
    );
    expect(command).toMatchObject({ name: 'mget', kind: CLIENT });
    expect(command!.attributes).toEqual({ 'db.system.name': 'redis', 'db.operation.name': 'mget' });
  });

  it('names the trace in the line that the log has of the request', async () => {
    await until(() => service.output().includes(`"trace_id":"${TRACE}"`));
  });

  it('has no query, and of a path that is not ours no path', async () => {
    const traceparent = (trace: string) => ({ headers: { traceparent: `00-${trace}-${CALLER}-01` } });
    const pasted = 'rgr_pasted-into-a-path';
    await send(`${service.url}/${pasted}`, { method: 'GET', ...traceparent('1'.repeat(32)) });
    await send(`${service.url}/oauth2/jwks?token=${pasted}`, {
      method: 'GET',
      ...traceparent('2'.repeat(32)),
    });
    const [lost] = await received('1'.repeat(32));
    expect(lost).toMatchObject({ name: 'GET', attributes: { 'http.response.status_code': 404 } });
    const [keys] = await received('2'.repeat(32));
    expect(keys).toMatchObject({ name: 'GET /oauth2/jwks', attributes: { 'url.path': '/oauth2/jwks' } });
    expect(collector.bodies.join('\n')).not.toContain(pasted);
  });

  it('begins a trace of its own for a malformed traceparent, and none for a caller that traces nothing', async () => {
    const before = collector.spans.length;
    for (const traceparent of ['00-nonsense', `00-${'3'.repeat(32)}-${CALLER}-01-more`]) {
      await send(`${service.url}/health/live`, { method: 'GET', headers: { traceparent } });
    }
    await until(() => collector.spans.slice(before).filter(({ kind }) => kind === SERVER).length === 2);
    expect(collector.spans.slice(before).every(({ parentSpanId }) => parentSpanId === undefined)).toBe(true);
    const untraced = { traceparent: `00-${'4'.repeat(32)}-${CALLER}-00` };
    const traced = { traceparent: `00-${'5'.repeat(32)}-${CALLER}-01` };
    for (const headers of [untraced, traced]) {
      await send(`${service.url}/health/live`, { method: 'GET', headers });
    }
    await received('5'.repeat(32));
    expect(traceOf('4'.repeat(32))).toEqual([]);
  });

  it('links a statement to every request that shares it', async () => {
    const tokens = await Promise.all(Array.from({ length: 30 }, () => firstRefreshToken(service.url)));
    const trace = (index: number) => (0xabc000 + index).toString(16).padStart(32, '0');
    const header = (index: number) => ({ traceparent: `00-${trace(index)}-${CALLER}-01` });
    await Promise.all(tokens.map((token, index) => refresh(service.url, token, DEMO, {}, header(index))));
    const all = (await Promise.all(tokens.map((_, index) => received(trace(index))))).flat();
    const batches = all.filter(({ name }) => name === 'batch rotations');
    const members = batches.map(({ attributes }) => Number(attributes['db.operation.batch.size']));
    expect(members.reduce((sum, size) => sum + size, 0)).toBe(tokens.length);
    expect(batches.map(({ links }) => links.length + 1)).toEqual(members);
  });

  it('hands the trace to the receivers of pushed events', async () => {
    const receiver = await startReceiver();
    const endpoint_url = `${receiver.url}?secret=pushed-to`;
    const token = await accessToken(service.url, DEMO, 'ssf.manage');
    await new Receiver(service.url, token).createStream({ delivery: { method: PUSH, endpoint_url } });
    await revokeFamily(service.url);
    await receiver.has(1);
    const { traceparent } = receiver.requests[0]!.headers;
    const [, traceId = '', spanId] = /^00-(\w{32})-(\w{16})-01$/.exec(String(traceparent)) ?? [];
    await until(() => traceOf(traceId).some((span) => span.spanId === spanId));
    const push = traceOf(traceId).find((span) => span.spanId === spanId)!;
    expect(push).toMatchObject({ name: 'POST', kind: CLIENT, isError: false });
    expect(push.attributes).toEqual({ 'http.request.method': 'POST', 'server.address': '127.0.0.1' });
    expect(collector.bodies.join('\n')).not.toContain('pushed-to');
    await receiver.stop();
  });
});
