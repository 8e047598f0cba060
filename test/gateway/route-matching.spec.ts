import { describe, expect, it } from '@jest/globals';
import { type GatewayRoute } from '../../src/gateway/routes/gateway-route.js';
import { RouteTable } from '../../src/gateway/routes/route-table.js';
import { gatewayRoute } from '../support/gateway-routes.js';

function route(name: string, overrides: Partial<GatewayRoute> = {}): GatewayRoute {
  return gatewayRoute({ name, ...overrides });
}

/** The name of the route that takes a request, of these in either order. */
function matchAmong(routes: readonly GatewayRoute[], target: string, host = 'any.test', method = 'GET') {
  const forth = new RouteTable(routes).match(host, method, target)?.name;
  const back = new RouteTable([...routes].reverse()).match(host, method, target)?.name;
  expect(back).toBe(forth);
  return forth;
}

describe('a request', () => {
  const all = route('all');
  const api = route('api', { paths: ['/api'] });
  const admin = route('admin', { paths: ['/api/admin', '/root'] });

  it.each([
    ['/', 'all'],
    ['/api', 'api'],
    ['/api/', 'api'],
    ['/api?x=/api/admin', 'api'],
    ['/api/users', 'api'],
    ['/apis', 'all'],
    ['/API', 'all'],
    ['/api/admin', 'admin'],
    ['/api/admin/x/y/z', 'admin'],
    ['/api/administrators', 'api'],
    ['/root/x', 'admin'],
  ])('to %s takes the longest prefix that ends at a segment: %s', (target, name) => {
    expect(matchAmong([all, api, admin], target)).toBe(name);
  });

  it.each([
    ['/%61pi/%61dmin', 'admin'],
    ['//api///admin', 'admin'],
    ['/api/admin;x=1/y', undefined],
    ['/api;x/admin', undefined],
    ['/api%2Fadmin', undefined],
    ['/api%5cadmin', undefined],
    ['/api\\admin', undefined],
    ['/%2Fapi/admin', undefined],
    ['/api/public/../admin', undefined],
    ['/api/public/%2e%2E/admin', undefined],
    ['/api/public/.%2e/admin', undefined],
    ['/api/public/..%2fadmin', undefined],
    ['/api/public/..%5Cadmin', undefined],
    ['/api/public/..;x/admin', undefined],
    ['/api/public/..', undefined],
    ['/api/./admin', undefined],
    ['/api/%', undefined],
    ['/api/%zz', undefined],
    ['/api/%00', undefined],
    ['/api/%0d%0aX', undefined],
    ['/api/é', undefined],
    ['/api/admin#x', undefined],
    ['api/admin', undefined],
    ['http://any.test/api/admin', undefined],
    ['*', undefined],
    ['', undefined],
  ])('to %s does not dodge the route that it would have to take: %s', (target, name) => {
    expect(matchAmong([all, api, admin], target)).toBe(name);
  });

  it.each(['/api/a%2Fb', '/api/a;v=1', '/api/...', '/api/.well-known', '/api/%C3%A9', '/api/%252e%252e'])(
    'to %s, which means the same route to every reader, is taken',
    (target) => {
      expect(matchAmong([all, api, admin], target)).toBe('api');
    },
  );

  it.each([
    ['shop.example.com', 'exact'],
    ['SHOP.example.com.:8080', 'exact'],
    ['eu.shop.example.com', 'shops'],
    ['a.eu.shop.example.com', 'shops'],
    ['www.example.com', 'example'],
    ['example.com', 'any'],
    ['evilexample.com', 'any'],
    ['[::1]:80', 'any'],
    ['', 'any'],
  ])('to the host %s prefers an exact host to a wildcard to any: %s', (host, name) => {
    const routes = [
      route('any'),
      route('example', { hosts: ['*.example.com'] }),
      route('shops', { hosts: ['*.shop.example.com'] }),
      route('exact', { hosts: ['shop.example.com', 'other.test'] }),
    ];
    expect(matchAmong(routes, '/', host)).toBe(name);
  });

  it('takes a longer prefix before an exact host', () => {
    const host = route('host', { hosts: ['a.test'] });
    expect(matchAmong([host, api], '/api', 'a.test')).toBe('api');
  });

  it('prefers a route that names its method, and passes to a shorter prefix by another', () => {
    const reads = route('reads', { paths: ['/api'], methods: ['GET', 'HEAD'] });
    expect(matchAmong([api, reads], '/api')).toBe('reads');
    expect(matchAmong([api, reads], '/api', 'a.test', 'POST')).toBe('api');
    expect(matchAmong([all, reads], '/api', 'a.test', 'POST')).toBe('all');
  });

  it('that two routes would take alike goes to the one whose name comes first', () => {
    expect(matchAmong([route('b'), route('a'), route('c')], '/')).toBe('a');
  });

  it('that no route takes is taken by none', () => {
    expect(matchAmong([], '/')).toBeUndefined();
    expect(matchAmong([api], '/other')).toBeUndefined();
    expect(matchAmong([route('elsewhere', { hosts: ['a.test'] })], '/', 'b.test')).toBeUndefined();
  });
});
