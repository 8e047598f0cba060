import { describe, expect, it } from '@jest/globals';
import { HttpConfig } from './http.config.js';

const config = (values: Partial<HttpConfig>): HttpConfig => Object.assign(new HttpConfig(), values);

describe('HttpConfig', () => {
  it.each<[Partial<HttpConfig>, string, string]>([
    [{}, 'http://127.0.0.1:3000', ''],
    [{ host: '::1', port: 80 }, 'http://[::1]:80', ''],
    [{ issuer: 'https://as.example' }, 'https://as.example', ''],
    [{ issuer: 'https://as.example/' }, 'https://as.example', ''],
    [{ issuer: 'https://as.example/tenant/one/' }, 'https://as.example/tenant/one', '/tenant/one'],
  ])('of %j has the issuer %s and the path "%s"', (values, issuer, path) => {
    expect([config(values).issuerUrl, config(values).issuerPath]).toEqual([issuer, path]);
  });
});
