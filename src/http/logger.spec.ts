import { describe, expect, it } from '@jest/globals';
import { symbols } from 'pino';
import { createLogger, NestLogger } from './logger.js';

/** A logger that keeps its lines. */
function recorder(level = 'trace') {
  const lines: string[] = [];
  const logger = createLogger(level);
  Reflect.set(logger, symbols.streamSym, { write: (line: string) => lines.push(line) });
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  return { logger, nest: new NestLogger(logger), lines, last };
}

const SECRET = 's3cret-value';

describe('createLogger', () => {
  it.each([
    'password',
    'client_secret',
    'clientSecret',
    'secret',
    'refresh_token',
    'refreshToken',
    'access_token',
    'accessToken',
    'id_token',
    'idToken',
    'token',
    'code',
    'assertion',
    'authorization',
    'cookie',
    'dpop',
  ])('never writes the value of %s, three levels deep (L6)', (key) => {
    const { logger, lines, last } = recorder();
    for (const value of [{ [key]: SECRET }, { body: { [key]: SECRET } }, { a: { b: { [key]: SECRET } } }]) {
      logger.info({ ...value, kept: 'kept' }, 'message');
      expect(lines.at(-1)).not.toContain(SECRET);
      expect(lines.at(-1)).toContain('[redacted]');
      expect(last()).toMatchObject({ kept: 'kept', msg: 'message' });
    }
  });

  it('writes one JSON line an event, with a level by name and the time', () => {
    const { logger, lines, last } = recorder();
    logger.warn({ reqId: 'r', text: 'two\nlines' }, 'message');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
    expect(last()).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      reqId: 'r',
      text: 'two\nlines',
      msg: 'message',
    });
  });

  it('writes an error without what a driver hangs on it, but its code and its cause (L6)', () => {
    const { logger, lines, last } = recorder();
    const cause = Object.assign(new Error('inner'), { parameters: [SECRET] });
    const error = Object.assign(new Error('outer', { cause }), {
      code: '23505',
      detail: SECRET,
      query: SECRET,
    });
    logger.error({ err: error }, 'message');
    expect(lines.join('')).not.toContain(SECRET);
    expect(last().err).toMatchObject({ message: 'outer', errorCode: '23505', cause: { message: 'inner' } });
  });

  it('writes nothing below its level', () => {
    const { logger, lines } = recorder('warn');
    logger.info('quiet');
    expect(lines).toEqual([]);
  });
});

describe('NestLogger', () => {
  it.each<[string, (logger: NestLogger) => void, Record<string, unknown>]>([
    [
      'a message',
      (logger) => {
        logger.log('text', 'Room');
      },
      { level: 'info', context: 'Room', msg: 'text' },
    ],
    [
      'an error with its stack',
      (logger) => {
        logger.error('text', 'at line 1', 'Room');
      },
      { level: 'error', context: 'Room', stack: 'at line 1', msg: 'text' },
    ],
    [
      'an object',
      (logger) => {
        logger.warn({ clientId: 'c' }, 'Room');
      },
      { level: 'warn', context: 'Room', clientId: 'c' },
    ],
    [
      'an object with a message',
      (logger) => {
        logger.log({ kid: 'k' }, 'text', 'Room');
      },
      { level: 'info', context: 'Room', kid: 'k', msg: 'text' },
    ],
    [
      'the steps of Nest’s start, for debugging only',
      (logger) => {
        logger.log('text', 'InstanceLoader');
      },
      { level: 'debug', context: 'InstanceLoader', msg: 'text' },
    ],
  ])('writes %s', (_case, write, line) => {
    const { nest, last } = recorder();
    write(nest);
    expect(last()).toEqual({ ...line, time: expect.any(String) });
  });

  it('writes an error object without a message, as Nest hands it over, without one', () => {
    const { nest, last } = recorder();
    nest.error({ clientId: 'c' }, undefined, 'Room');
    expect(last()).not.toHaveProperty('msg');
  });
});
