import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BcryptThreads } from './bcrypt-threads.js';

const QUICK = '$2b$04$7d1U9LsF31hm9Pn1AJbAtOk.MixX0LBGrwzJ0bSGlg/iP49DnIIMa';
const RIGHT = 'x'.repeat(72);
/** Takes a second at least. */
const SLOW = '$2b$14$7d1U9LsF31hm9Pn1AJbAtOk.MixX0LBGrwzJ0bSGlg/iP49DnIIMa';

describe('BcryptThreads', () => {
  let threads: BcryptThreads;
  beforeEach(() => {
    threads = new BcryptThreads();
  });
  afterEach(() => threads.onModuleDestroy());

  it('give each of many who ask at once their own answer', async () => {
    const passwords = Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? RIGHT : `wrong ${index}`));
    const verdicts = await Promise.all(passwords.map((password) => threads.compare(password, QUICK)));
    expect(verdicts).toEqual(passwords.map((password) => password === RIGHT));
  });

  it('leave the event loop free meanwhile', async () => {
    const checked = threads.compare('wrong', SLOW).then(() => 'checked');
    const turns = new Promise((resolve) => setTimeout(resolve, 10)).then(() => 'a turn');
    expect(await Promise.race([checked, turns])).toBe('a turn');
  });

  it('fail who waits for a thread that ends, and start another for the next', async () => {
    const waiting = expect(threads.compare('wrong', SLOW)).rejects.toThrow('the thread for bcrypt ended');
    await threads.onModuleDestroy();
    await waiting;
    expect(await threads.compare(RIGHT, QUICK)).toBe(true);
  });
});
