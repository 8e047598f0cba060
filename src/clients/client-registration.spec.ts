import { describe, expect, it } from '@jest/globals';
import { type ClientRegistration, isResourceIndicator, registrationProblems } from './client-registration.js';
import { type ClientTokenPolicy } from './token-policy.js';

const CONFIDENTIAL: ClientRegistration = {
  id: 'shop',
  name: 'Shop',
  type: 'confidential',
  authMethods: ['client_secret_basic', 'client_secret_post'],
  grantTypes: ['refresh_token', 'password', 'client_credentials'],
  scopes: ['read', 'write'],
  defaultScopes: ['read'],
  audiences: ['https://api.example', 'urn:example:api'],
  redirectUris: ['https://shop.example/callback?x=1'],
};
const PUBLIC: ClientRegistration = {
  id: 'spa',
  name: 'SPA',
  type: 'public',
  authMethods: ['none'],
  grantTypes: ['refresh_token', 'password'],
};
const LONGEST = 10 * 365 * 86_400;

describe('registrationProblems', () => {
  it.each<[string, ClientRegistration]>([
    ['a confidential client', CONFIDENTIAL],
    ['a public client', PUBLIC],
    ['a confidential client that does not rotate', { ...CONFIDENTIAL, tokenPolicy: { rotation: false } }],
    [
      'a public client that does not rotate but is bound to its key (S0.1)',
      { ...PUBLIC, tokenPolicy: { rotation: false }, dpopBoundAccessTokens: true },
    ],
    ['the longest grace', { ...PUBLIC, tokenPolicy: { rotation_grace_seconds: 86_400 } }],
    ['a public client that says that it rotates', { ...PUBLIC, tokenPolicy: { rotation: true } }],
  ])('finds none in %s', (_case, registration) => {
    expect(registrationProblems(registration)).toEqual([]);
  });

  it.each<[string, ClientRegistration, string]>([
    ['an empty id', { ...CONFIDENTIAL, id: '' }, 'client_id'],
    ['an id with a space', { ...CONFIDENTIAL, id: 'a shop' }, 'client_id'],
    ['an id beyond ASCII', { ...CONFIDENTIAL, id: 'läden' }, 'client_id'],
    ['an id of 256 characters', { ...CONFIDENTIAL, id: 'x'.repeat(256) }, 'client_id'],
    ['no way to authenticate', { ...CONFIDENTIAL, authMethods: [] }, 'token_endpoint_auth_method'],
    [
      'a confidential client with none',
      { ...CONFIDENTIAL, authMethods: ['none'] },
      'token_endpoint_auth_method',
    ],
    [
      'a public client with a secret',
      { ...PUBLIC, authMethods: ['client_secret_post'] },
      'token_endpoint_auth_method',
    ],
    [
      'none beside a secret',
      { ...PUBLIC, authMethods: ['none', 'client_secret_post'] },
      'token_endpoint_auth_method',
    ],
    [
      'a public client with client_credentials (A16)',
      { ...PUBLIC, grantTypes: ['client_credentials'] },
      'grant_types',
    ],
    [
      'a public client with rotation off (S0.1)',
      { ...PUBLIC, tokenPolicy: { rotation: false } },
      'token_policy/rotation',
    ],
    ['a malformed scope', { ...CONFIDENTIAL, scopes: ['a b'], defaultScopes: [] }, 'scope'],
    [
      'a default scope that is no scope of it',
      { ...CONFIDENTIAL, defaultScopes: ['admin'] },
      'default_scope',
    ],
    ['an audience with a fragment', { ...CONFIDENTIAL, audiences: ['https://a.example/#x'] }, 'audiences'],
    ['a relative audience', { ...CONFIDENTIAL, audiences: ['/api'] }, 'audiences'],
    ['a redirect URI with a fragment', { ...PUBLIC, redirectUris: ['https://a.example/#'] }, 'redirect_uris'],
    [
      'a key set with a private key',
      { ...CONFIDENTIAL, jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }] } },
      'jwks',
    ],
    ['a key set without a key', { ...CONFIDENTIAL, jwks: { keys: [] } }, 'jwks'],
  ])('finds %s', (_case, registration, field) => {
    expect(registrationProblems(registration)).toEqual([expect.objectContaining({ field })]);
  });

  it('lists all that is wrong at once', () => {
    const wrong = {
      ...PUBLIC,
      id: '',
      scopes: [''],
      tokenPolicy: { rotation: false, absolute_lifetime: -1 },
    };
    expect(registrationProblems(wrong)).toHaveLength(4);
  });
});

describe('registrationProblems of a token policy', () => {
  it.each<ClientTokenPolicy>([
    { rotation_grace_seconds: 86_401 },
    { rotation_grace_seconds: -1 },
    { rotation_grace_seconds: 0.5 },
    { refresh_token_lifetime: 0 },
    { refresh_token_lifetime: NaN },
    { refresh_token_lifetime: LONGEST + 1 },
    { refresh_token_lifetime: 2 ** 31 },
    { absolute_lifetime: -1 },
    { absolute_lifetime: Infinity },
    { absolute_lifetime: 2 ** 31 },
    { max_families_per_user: 1.5 },
    { access_token_lifetime: 0 },
    { access_token_lifetime: 86_401 },
  ])('finds the time or number out of bounds in %j, as the server settings do', (tokenPolicy) => {
    const [field] = Object.keys(tokenPolicy);
    expect(registrationProblems({ ...CONFIDENTIAL, tokenPolicy })).toEqual([
      expect.objectContaining({ field: `token_policy/${field}` }),
    ]);
  });

  it.each<ClientTokenPolicy>([
    {},
    { rotation_grace_seconds: 0, max_families_per_user: 0, absolute_lifetime: 0 },
    { refresh_token_lifetime: LONGEST, absolute_lifetime: LONGEST },
    { access_token_lifetime: 86_400 },
  ])('finds none in %j', (tokenPolicy) => {
    expect(registrationProblems({ ...CONFIDENTIAL, tokenPolicy })).toEqual([]);
  });
});

describe('isResourceIndicator (A10)', () => {
  it.each([
    'https://api.example',
    'https://api.example/v1?tenant=1',
    'urn:example:api',
    'HTTPS://API.example',
  ])('takes %s', (value) => {
    expect(isResourceIndicator(value)).toBe(true);
  });

  it.each([
    '',
    'api',
    '/api',
    '//api.example',
    'https://',
    'https://a.example#',
    'https://a b',
    'https://a.example\n',
    '1x:y',
  ])('refuses %j', (value) => {
    expect(isResourceIndicator(value)).toBe(false);
  });
});
