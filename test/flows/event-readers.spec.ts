import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { accessToken } from '../support/event-reader.js';
import { familyIdOf } from '../support/families.js';
import { basic, postForm } from '../support/http.js';
import { DEMO, firstRefreshToken } from '../support/oauth.js';
import { type ServiceProcess, startService } from '../support/service-process.js';
import { createDatabase, type TestDatabase } from '../support/test-database.js';
import { until } from '../support/until.js';

const READERS = 1_000;
const CONNECT_AT_ONCE = 50;
const EVENTS = 20;
const MEBIBYTE = 1024 * 1024;

interface Reader {
  readonly socket: Socket;
  /** Of the families that it was told of, in order. */
  readonly families: string[];
  isOpen: boolean;
}

const describeOnLinux = existsSync('/proc/self/status') ? describe : describe.skip;

describeOnLinux('1,000 readers of the event stream', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let readers: Reader[] = [];
  beforeAll(async () => {
    database = await createDatabase();
    service = await startService(database.url);
  }, 120_000);
  afterAll(async () => {
    for (const { socket } of readers) socket.destroy();
    await service.stop();
    await database.drop();
  });

  const residentBytes = (): number => {
    const status = readFileSync(`/proc/${service.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) * 1024;
  };
  const revoke = async (): Promise<string> => {
    const token = await firstRefreshToken(service.url);
    const authorization = basic(DEMO.id, DEMO.secret!);
    await postForm(`${service.url}/oauth2/revoke`, { token }, { authorization });
    return familyIdOf(token);
  };

  it('take at most 150 MiB of one process, and each gets every event in order', async () => {
    const token = await accessToken(service.url, DEMO, 'events.read');
    await revoke();
    const before = residentBytes();
    while (readers.length < READERS) {
      readers = [
        ...readers,
        ...Array.from({ length: CONNECT_AT_ONCE }, () => openReader(service.url, token)),
      ];
      await until(() => readers.every(({ isOpen }) => isOpen));
    }
    const families: string[] = [];
    while (families.length < EVENTS) families.push(await revoke());
    await until(() => readers.every((reader) => reader.families.includes(families.at(-1)!)));
    expect(residentBytes() - before).toBeLessThan(150 * MEBIBYTE);
    for (const reader of readers) expect(reader.families.slice(-EVENTS)).toEqual(families);
  }, 120_000);
});

function openReader(url: string, token: string): Reader {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  const reader: Reader = { socket, families: [], isOpen: false };
  let rest = '';
  socket.on('data', (chunk) => {
    reader.isOpen ||= chunk.includes('HTTP/1.1 200');
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines)
      reader.families.push(...(/^data: .*"sid":"([^"]+)"/.exec(line)?.slice(1) ?? []));
  });
  socket.on('error', () => undefined);
  socket.write(`GET /events/revocations HTTP/1.0\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  return reader;
}
