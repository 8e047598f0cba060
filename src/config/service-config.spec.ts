import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { namespaces } from './config.module.js';
import { type Environment, validateEnvironment } from './namespace.js';

const key = (version: number | string): string => `${version}:${randomBytes(32).toString('base64url')}`;
const PRODUCTION: Environment = {
  NODE_ENV: 'production',
  ISSUER: 'https://as.example',
  DATABASE_URL: 'postgres://user:pass@db/regrant',
  REDIS_URL: 'rediss://cache:6379',
  REGRANT_KEYS: key(1),
};

/** The problems that an environment has, one a line; none for a sound one. */
function problems(environment: Environment): string[] {
  try {
    validateEnvironment(
      namespaces.map(({ type }) => type),
      environment,
    );
    return [];
  } catch (error) {
    return (error as Error).message.split('\n- ').slice(1);
  }
}
const about = (name: string, environment: Environment): string[] =>
  problems(environment).filter((problem) => problem.startsWith(`${name}: `));

describe('the configuration', () => {
  it('is sound when nothing is set outside production', () => {
    expect(problems({})).toEqual([]);
  });

  it('is sound in production with its secrets set', () => {
    expect(problems(PRODUCTION)).toEqual([]);
  });

  it('demands ISSUER, DATABASE_URL, REDIS_URL and REGRANT_KEYS in production, all at once', () => {
    const message = problems({ NODE_ENV: 'production' });
    expect(message.map((line) => line.split(':')[0]).sort()).toEqual([
      'DATABASE_URL',
      'ISSUER',
      'REDIS_URL',
      'REGRANT_KEYS',
    ]);
  });

  it.each(['ISSUER', 'DATABASE_URL', 'REDIS_URL', 'REGRANT_KEYS'])(
    'does not take an empty %s in production',
    (name) => {
      expect(about(name, { ...PRODUCTION, [name]: '' })).toHaveLength(1);
    },
  );

  it('refuses DEMO_ACCOUNTS in production, and takes it elsewhere', () => {
    expect(about('DEMO_ACCOUNTS', { ...PRODUCTION, DEMO_ACCOUNTS: 'true' })).toHaveLength(1);
    expect(problems({ ...PRODUCTION, DEMO_ACCOUNTS: 'false' })).toEqual([]);
    expect(problems({ DEMO_ACCOUNTS: 'true' })).toEqual([]);
  });
});

/** [variable, a value that is out of bounds or malformed]; every one must be told, and no value printed. */
const UNSOUND: [string, string][] = [
  ['HTTP_PORT', '65536'],
  ['HTTP_PORT', '-1'],
  ['HTTP_PORT', 'http-port'],
  ['LOG_LEVEL', 'chatty'],
  ['TRUST_PROXY', 'proxy.internal'],
  ['TRUST_PROXY', '10.0.0.0/33'],
  ['ISSUER', 'http://as.example'],
  ['ISSUER', 'https://as.example?tenant=1'],
  ['ISSUER', 'https://as.example/#fragment'],
  ['ISSUER', 'https://user:hunter2@as.example'],
  ['ISSUER', ' https://as.example '],
  ['ISSUER', 'as.example'],
  ['DATABASE_URL', 'mysql://db/regrant'],
  ['DATABASE_URL', 'postgres//db'],
  ['DATABASE_POOL_SIZE', '1'],
  ['DATABASE_POOL_SIZE', '201'],
  ['DATABASE_TIMEOUT_MS', '99'],
  ['REDIS_URL', 'http://cache'],
  ['REDIS_TIMEOUT_MS', '4'],
  ['REGRANT_KEYS', 'not-a-key'],
  ['REGRANT_KEYS', `1:${'A'.repeat(42)}`],
  ['REGRANT_KEYS', key(0)],
  ['REGRANT_KEYS', key(256)],
  ['REGRANT_KEYS', `${key(1)},${key('01')}`],
  ['SIGNING_ALGORITHMS', 'ES256,HS256'],
  ['SIGNING_ALGORITHMS', 'ES256,none'],
  ['SIGNING_KEY_LIFETIME', '59'],
  ['SIGNING_KEY_PUBLISH_AHEAD', '9'],
  ['REFRESH_TOKEN_ROTATION', 'sometimes'],
  ['ROTATION_GRACE_SECONDS', '86401'],
  ['ROTATION_GRACE_SECONDS', '-1'],
  ['REFRESH_TOKEN_LIFETIME', '0'],
  ['REFRESH_TOKEN_LIFETIME', '315360001'],
  ['REFRESH_TOKEN_EXPIRY', 'floating'],
  ['ABSOLUTE_LIFETIME', '60'],
  ['MAX_FAMILIES_PER_USER', '100001'],
  ['ACCESS_TOKEN_LIFETIME', '86401'],
  ['ACCESS_TOKEN_FORMAT', 'paseto'],
  ['ACCESS_TOKEN_ALGORITHM', 'none'],
  ['DPOP_NONCE_REQUIRED', 'perhaps'],
  ['DPOP_PROOF_LIFETIME', '601'],
  ['CLIENT_FAILURE_LIMIT', '0'],
  ['CLIENT_FAILURE_WINDOW', '86401'],
  ['LOGIN_FAILURE_LIMIT', '1000001'],
  ['LOGIN_ADDRESS_FAILURE_LIMIT', '0'],
  ['LOGIN_FAILURE_WINDOW', '0'],
  ['DEMO_ACCOUNTS', 'maybe'],
];

describe('an unsound value', () => {
  it.each(UNSOUND)('of %s is told, without the value: %j', (name, value) => {
    const told = about(name, { [name]: value });
    expect(told.length).toBeGreaterThan(0);
    expect(told.map((line) => line.slice(name.length + 2)).join('\n')).not.toContain(value);
  });

  it('does not hide another: all are told at once', () => {
    const names = [...new Set(UNSOUND.map(([name]) => name))];
    const told = problems(Object.fromEntries(UNSOUND));
    expect(names.filter((name) => !told.some((line) => line.startsWith(`${name}: `)))).toEqual([]);
  });

  it('of two variables together is told: a lead longer than the life of a key', () => {
    const environment = { SIGNING_KEY_LIFETIME: '100', SIGNING_KEY_PUBLISH_AHEAD: '100' };
    expect(problems(environment)).toHaveLength(1);
    expect(about('SIGNING_KEY_PUBLISH_AHEAD', environment)).toHaveLength(1);
  });

  it('of two variables together is told: a free port without an issuer', () => {
    expect(about('ISSUER', { HTTP_PORT: '0' })).toHaveLength(1);
    expect(problems({ HTTP_PORT: '0', ISSUER: 'https://as.example' })).toEqual([]);
  });

  it('of two variables together is told: tokens signed with an algorithm that has no key', () => {
    expect(about('ACCESS_TOKEN_ALGORITHM', { SIGNING_ALGORITHMS: 'RS256' })).toHaveLength(1);
    expect(problems({ SIGNING_ALGORITHMS: 'RS256', ACCESS_TOKEN_ALGORITHM: 'RS256' })).toEqual([]);
  });
});

describe('a sound value', () => {
  it.each([
    ['ISSUER', 'https://as.example/tenant/one'],
    ['ISSUER', 'http://127.0.0.1:3000'],
    ['ISSUER', 'http://localhost'],
    ['ISSUER', 'http://[::1]:3000/path'],
    ['DATABASE_URL', 'postgresql://db/regrant?sslmode=require'],
    ['REDIS_URL', 'redis://:password@cache:6379/1'],
    ['TRUST_PROXY', '10.0.0.0/8, 192.0.2.1,fd00::/8,loopback'],
    ['REGRANT_KEYS', `${key(255)}, ${key(1)}`],
    ['ROTATION_GRACE_SECONDS', '0'],
    ['ROTATION_GRACE_SECONDS', '86400'],
    ['ABSOLUTE_LIFETIME', '0'],
    ['ABSOLUTE_LIFETIME', '86400'],
    ['SIGNING_ALGORITHMS', 'EdDSA,ES256'],
    ['HTTP_PORT', '65535'],
  ])('of %s is taken: %s', (name, value) => {
    expect(problems({ [name]: value })).toEqual([]);
  });
});
