import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { LineBuffer } from './line-buffer.js';

/** Keys that hold a secret wherever they stand in a log line. Nothing logs them; this is the second lock. */
const SECRET_KEYS = [
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
];

/** Contexts in which Nest tells every step of its start: of interest to whoever debugs it. */
const NOISE = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** JSON lines on standard output, one event a line. */
export function createLogger(level: string): Logger {
  return pino(
    {
      ...lineOptions(level),
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
      serializers: { err: serializeError },
    },
    standardOutput(),
  );
}

/**
 * The same for lines whose members are all named in the code, and none of them secret: looking through each
 * for secrets is a good part of what a request costs.
 */
export function createPlainLogger(level: string): Logger {
  return pino(lineOptions(level), standardOutput());
}

function lineOptions(level: string): LoggerOptions {
  return {
    level,
    base: undefined,
    timestamp: isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
}

let second = NaN;
let prefix = '';

/** As pino's own, with the date put together once a second: to do it costs as much as all the rest of a line. */
function isoTime(): string {
  const now = Date.now();
  const thisSecond = Math.floor(now / 1000);
  if (thisSecond !== second) {
    second = thisSecond;
    prefix = `,"time":"${new Date(now).toISOString().slice(0, -'000Z'.length)}`;
  }
  return `${prefix}${String(now % 1000).padStart(3, '0')}Z"`;
}

let output: LineBuffer | undefined;

/** One for all loggers of the process, so that their lines keep their order. */
function standardOutput(): DestinationStream {
  output ??= openStandardOutput();
  return output;
}

function openStandardOutput(): LineBuffer {
  const flush = (): void => {
    buffer.flushSync();
  };
  // Before pino's own hooks, which close what is beneath.
  process.once('beforeExit', flush).once('exit', flush);
  const destination = pino.destination({ dest: 1, sync: false });
  destination.once('close', () => process.off('exit', flush));
  const buffer = new LineBuffer(destination);
  return buffer;
}

/** An error without the properties that drivers hang on it: parameters and details may hold user data. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as Error & { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    // Not `code`, which is redacted: an authorization code would stand there.
    errorCode: typeof code === 'string' ? code : undefined,
    stack: error.stack,
    cause: error.cause instanceof Error ? serializeError(error.cause) : undefined,
  };
}

/** Nest's logger on pino. The first argument may be an object, whose members join the line. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  private readonly info = this.at('info');
  error = this.at('error');
  warn = this.at('warn');
  debug = this.at('debug');
  verbose = this.at('trace');
  fatal = this.at('fatal');

  log(message: unknown, ...rest: unknown[]): void {
    if (NOISE.has(String(rest.at(-1)))) this.debug(message, ...rest);
    else this.info(message, ...rest);
  }

  private at(level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal') {
    return (message: unknown, ...rest: unknown[]): void => {
      const context = rest.at(-1);
      const [text] = rest;
      if (typeof message === 'object' && message !== null) {
        this.pino[level]({ ...message, context }, rest.length > 1 ? (text as string | undefined) : undefined);
      } else {
        this.pino[level]({ context, stack: rest.length > 1 ? text : undefined }, String(message));
      }
    };
  }
}
