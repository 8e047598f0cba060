import { describe, expect, it } from '@jest/globals';
import { type GatewayRoute } from './gateway-route.js';
import { DEFAULT_CONFIG, DEFAULT_ROUTE } from './route-defaults.js';
import { upstreamUrl } from './upstream-url.js';

function route(upstream_url: string, paths: string[], strip_path = true): GatewayRoute {
  const config = { ...DEFAULT_CONFIG, issuer: 'https://issuer.test', client_secret: null };
  return { ...DEFAULT_ROUTE, id: '1', name: 'shop', upstream_url, paths, strip_path, config };
}

const joined = (target: GatewayRoute, path: string): string => {
  const { origin, path: own, query } = upstreamUrl(target, path);
  return `${origin}${own}${query === '' ? '' : `?${query}`}`;
};

describe('upstreamUrl', () => {
  it.each([
    ['http://up:8080', '/', '/', 'http://up:8080/'],
    ['http://up:8080/', '/', '/a/b?c=d', 'http://up:8080/a/b?c=d'],
    ['http://up/base/', '/', '/a', 'http://up/base/a'],
    ['http://up', '/shop', '/shop', 'http://up/'],
    ['http://up', '/shop', '/shop?x=/shop', 'http://up/?x=/shop'],
    ['http://up/base', '/shop', '/shop', 'http://up/base'],
    ['http://up/base', '/shop', '/shop/', 'http://up/base/'],
    ['http://up', '/shop/', '/shop/a%2Fb/%41;c//d', 'http://up/a%2Fb/%41;c//d'],
    ['http://up', '/shop/eu', '//%73hop//eu/a', 'http://up/a'],
    ['http://up', '/', '/a|b/"c"?"d"', 'http://up/a|b/%22c%22?"d"'],
    ['http://up', '/', '/.well-known/x', 'http://up/.well-known/x'],
  ])('of %s below %s takes %s to %s', (upstream, prefix, target, url) => {
    expect(joined(route(upstream, [prefix]), target)).toBe(url);
  });

  it('strips the longest prefix that matched', () => {
    const paths = ['/a', '/a/b', '/a/bc'];
    expect(joined(route('http://up', paths), '/a/b/c')).toBe('http://up/c');
    expect(joined(route('http://up', paths), '/a/x')).toBe('http://up/x');
  });

  it('leaves the path as it came where nothing is to be stripped', () => {
    expect(joined(route('http://up/base', ['/shop'], false), '//shop/%41?b')).toBe(
      'http://up/base//shop/%41?b',
    );
  });
});
