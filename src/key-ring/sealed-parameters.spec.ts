import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Clock } from '../common/clock.js';
import { KeyRing } from './key-ring.js';
import { SealedParameters } from './sealed-parameters.js';

class SetClock extends Clock {
  constructor(public time: number) {
    super();
  }

  override now(): Date {
    return new Date(this.time);
  }
}

const first = { version: 1, key: randomBytes(32) };
const second = { version: 2, key: randomBytes(32) };

describe('SealedParameters', () => {
  const clock = new SetClock(1_000_000);
  const sealed = new SealedParameters(new KeyRing([first]), clock);
  const value = { path: '/äöü', since: null, list: ['a'] };

  it('open what they sealed, in text that needs no escaping in a URL', () => {
    const text = sealed.seal('csrf', value, 60);
    expect(text).toMatch(/^[\w-]+$/);
    expect(sealed.open('csrf', text)).toEqual(value);
  });

  it('show nothing of it', () => {
    const text = Buffer.from(sealed.seal('csrf', { path: '/secret-path' }, 60), 'base64url').toString(
      'latin1',
    );
    expect(text).not.toContain('secret');
  });

  it('open nothing once its time is over', () => {
    const text = sealed.seal('csrf', value, 60);
    clock.time += 59_999;
    expect(sealed.open('csrf', text)).toEqual(value);
    clock.time += 1;
    expect(sealed.open('csrf', text)).toBeUndefined();
  });

  it('open nothing of another purpose, nothing changed, and nothing made up', () => {
    const text = sealed.seal('csrf', value, 60);
    expect(sealed.open('sign-in-request', text)).toBeUndefined();
    const bytes = Buffer.from(text, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(sealed.open('csrf', changed.toString('base64url'))).toBeUndefined();
    }
    for (const made of ['', 'A', 'A'.repeat(40), '!!!', text.slice(0, -2)])
      expect(sealed.open('csrf', made)).toBeUndefined();
  });

  it('open what an older key sealed, while the ring has it', () => {
    const text = sealed.seal('csrf', value, 60);
    expect(new SealedParameters(new KeyRing([second, first]), clock).open('csrf', text)).toEqual(value);
    expect(new SealedParameters(new KeyRing([second]), clock).open('csrf', text)).toBeUndefined();
  });
});
