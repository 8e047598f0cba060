import { describe, expect, it } from '@jest/globals';
import { isTransientFault } from './transient-fault.js';

const coded = (code: unknown, message = 'failed'): Error => Object.assign(new Error(message), { code });

describe('isTransientFault', () => {
  it.each([
    '08006', // connection failure
    '08P01',
    '53300', // too many connections
    '57014', // query cancelled, as statement_timeout does
    '57P01', // admin shutdown
    '57P03', // cannot connect now
    '58030', // I/O error
    '40001', // serialization failure
    '40P01', // deadlock
    '25006', // read-only transaction, after a failover
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'ENOTFOUND',
  ])('takes the code %s for a server that does not answer (L3)', (code) => {
    expect(isTransientFault(coded(code))).toBe(true);
  });

  it.each(['23505', '42P01', '22003', '25001', '28P01', 'EACCES', '', '5', 57, undefined, null])(
    'takes the code %j for a mistake of ours',
    (code) => {
      expect(isTransientFault(coded(code))).toBe(false);
    },
  );

  it.each([
    'Connection terminated',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
    'Client was closed and is not queryable',
    'Connection is closed.',
    'Cannot use a pool after calling end on the pool',
    'Command timed out',
  ])('knows "%s", which the drivers raise without a code (L3)', (message) => {
    expect(isTransientFault(new Error(message))).toBe(true);
  });

  it('looks at the causes of an error', () => {
    const inner = coded('57P01');
    expect(isTransientFault(new Error('wrapped', { cause: new Error('again', { cause: inner }) }))).toBe(
      true,
    );
    expect(isTransientFault(Object.assign(new Error('QueryFailedError'), { driverError: inner }))).toBe(true);
    expect(isTransientFault(new AggregateError([new Error('one'), inner]))).toBe(true);
  });

  it('comes to an end where causes go in circles', () => {
    const error = new Error('round');
    error.cause = error;
    expect(isTransientFault(error)).toBe(false);
  });

  it.each([undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }, 57])(
    'takes %j for no fault',
    (thrown) => {
      expect(isTransientFault(thrown)).toBe(false);
    },
  );
});
