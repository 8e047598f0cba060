import { describe, expect, it } from '@jest/globals';
import { isRegisteredRedirectUri } from './redirect-uri.js';

const REGISTERED = [
  'https://app.example/callback',
  'https://app.example/with?query=1',
  'http://127.0.0.1/callback',
  'http://[::1]:4000/callback',
  'http://localhost:3000/callback',
  'com.example.app:/callback',
];

describe('isRegisteredRedirectUri', () => {
  it.each(REGISTERED)('takes %s as registered', (uri) => {
    expect(isRegisteredRedirectUri(REGISTERED, uri)).toBe(true);
  });

  it.each([
    'http://127.0.0.1:1/callback',
    'http://127.0.0.1:65535/callback',
    'http://[::1]/callback',
    'http://[::1]:9/callback',
  ])('takes any port of a loopback address: %s', (uri) => {
    expect(isRegisteredRedirectUri(REGISTERED, uri)).toBe(true);
  });

  it.each([
    ['suffix of the host', 'https://app.example.evil.example/callback'],
    ['suffix of the path', 'https://app.example/callback/../evil'],
    ['longer path', 'https://app.example/callback2'],
    ['shorter path', 'https://app.example/'],
    ['trailing slash', 'https://app.example/callback/'],
    ['user', 'https://app.example@evil.example/callback'],
    ['user in front', 'https://user@app.example/callback'],
    ['encoded', 'https://app.example/%63allback'],
    ['encoded slash', 'https://app.example/callback%2f..'],
    ['IDN', 'https://аpp.example/callback'],
    ['fragment', 'https://app.example/callback#x'],
    ['query', 'https://app.example/callback?x=1'],
    ['another query', 'https://app.example/with?query=2'],
    ['backslash', 'https://app.example\\callback'],
    ['case of the host', 'https://APP.example/callback'],
    ['case of the path', 'https://app.example/Callback'],
    ['default port', 'https://app.example:443/callback'],
    ['trailing dot', 'https://app.example./callback'],
    ['http for https', 'http://app.example/callback'],
    ['tab', 'https://app.example/call\tback'],
    ['port of a name', 'http://localhost:3001/callback'],
    ['https on loopback', 'https://127.0.0.1/callback'],
    ['other loopback address', 'http://127.0.0.2/callback'],
    ['short address', 'http://127.1/callback'],
    ['hexadecimal address', 'http://0x7f.0.0.1/callback'],
    ['user after the port', 'http://127.0.0.1:80@evil.example/callback'],
    ['host that begins so', 'http://127.0.0.1.evil.example/callback'],
    ['port of zero', 'http://127.0.0.1:0/callback'],
    ['port too long', 'http://127.0.0.1:123456/callback'],
    ['port without digits', 'http://127.0.0.1:/callback'],
    ['path of loopback', 'http://127.0.0.1:80/callback2'],
    ['custom scheme, more slashes', 'com.example.app:///callback'],
    ['empty', ''],
  ])('refuses another: %s', (_case, uri) => {
    expect(isRegisteredRedirectUri(REGISTERED, uri)).toBe(false);
  });
});
