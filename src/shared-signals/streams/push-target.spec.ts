import { describe, expect, it } from '@jest/globals';
import { addressesIn } from '../../config/address-ranges.js';
import { checkPushUrl } from './push-target.js';

const check = (url: string, allowed: string[] = [], allowsPlainHttp = false) =>
  checkPushUrl(url, { allowsPlainHttp, allowed: addressesIn(allowed) });

describe('checkPushUrl', () => {
  it('takes https at a name or a public address, written in one way', () => {
    expect(check('HTTPS://Receiver.Example:443/a b')).toBe('https://receiver.example/a%20b');
    expect(check('https://8.8.4.4/')).toBe('https://8.8.4.4/');
    expect(check('https://[2606:4700:0::1111]/')).toBe('https://[2606:4700::1111]/');
  });

  it('takes http on a development machine only', () => {
    expect(check('http://receiver.example/', [], true)).toBe('http://receiver.example/');
    expect(() => check('http://receiver.example/')).toThrow('https');
  });

  it.each([
    'https://localhost/',
    'https://LOCALHOST./',
    'https://a.localhost/',
    'https://127.1/',
    'https://017700000001/',
  ])('refuses %s unless loopback is allowed', (url) => {
    expect(() => check(url)).toThrow('public address');
    expect(() => check(url, ['10.0.0.0/8'])).toThrow('public address');
    expect(check(url, ['127.0.0.1'])).toMatch(/^https:/);
  });

  it.each([
    ['10.0.0.0/8', 'https://10.255.1.2/', 'https://11.0.0.1.example/', 'https://192.168.0.1/'],
    ['fd00::/8', 'https://[fd12::1]/', 'https://[2606:4700::1]/', 'https://[fe80::1]/'],
  ])('with %s allowed takes %s and %s, and not %s', (range, inside, outside, other) => {
    expect(check(inside, [range])).toBe(inside);
    expect(check(outside, [range])).toBe(outside);
    expect(() => check(other, [range])).toThrow('public address');
  });
});
