import { type PageModels, type PageName } from '../../src/pages/page-models.js';

const form = { action: '/gallery/sign-in', csrfToken: 'token', hidden: { request: 'sealed' } };
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

const SCOPES = ['openid', 'profile', 'email', 'offline_access', 'orders:read'];

const account: PageModels['account'] = {
  path: '/account',
  username: 'john',
  csrfToken: 'token',
  notice: 'application_ended',
  browsers: [
    {
      id: '1',
      isThis: true,
      device: { browser: 'Firefox', system: 'Linux' },
      address: '203.0.113.9',
      since: hoursAgo(3),
      lastSeenAt: hoursAgo(0),
    },
    {
      id: '2',
      isThis: false,
      device: { browser: 'Safari', system: 'iOS' },
      address: '2001:db8::7:1',
      since: hoursAgo(9),
      lastSeenAt: hoursAgo(2),
    },
  ],
  applications: [
    {
      familyId: '3',
      clientName: 'Order book',
      device: { browser: 'Chrome', system: 'Windows' },
      signedInAddress: '203.0.113.9',
      lastUsedAddress: '198.51.100.14',
      since: hoursAgo(24 * 12),
      lastUsedAt: hoursAgo(1),
      scopes: SCOPES,
      isOffline: true,
    },
    {
      familyId: '4',
      clientName: 'Television in the living room',
      since: hoursAgo(24 * 40),
      lastUsedAt: hoursAgo(24 * 3),
      scopes: ['openid'],
      isOffline: false,
    },
  ],
  olderUrl: '/account?before=3',
  consents: [{ clientId: 'orders', clientName: 'Order book', scopes: SCOPES, since: hoursAgo(24 * 12) }],
};

/** A page and what it shows, by a name of its own. */
export type PageSample = { [Name in PageName]: { page: Name; model: PageModels[Name] } }[PageName];

/** Every page, in each of its forms. */
export const PAGE_SAMPLES: Readonly<Record<string, PageSample>> = {
  'sign-in': { page: 'sign-in', model: { form, username: '', clientName: 'Order book', isAgain: false } },
  'sign-in-wrong': {
    page: 'sign-in',
    model: { form, username: 'john', clientName: 'Order book', isAgain: false, problem: 'wrong' },
  },
  'sign-in-again': { page: 'sign-in', model: { form, username: 'john', isAgain: true, problem: 'expired' } },
  'sign-in-limited': {
    page: 'sign-in',
    model: { form, username: 'john', isAgain: false, problem: 'limited', waitMinutes: 15 },
  },
  'sign-out': { page: 'sign-out', model: { form, username: 'john', clientName: 'Order book' } },
  'signed-out': { page: 'signed-out', model: {} },
  'signed-out-everywhere': { page: 'signed-out', model: { isEverywhere: true } },
  'signed-out-to-client': {
    page: 'signed-out',
    model: { continueUrl: 'https://orders.example/bye', clientName: 'Order book' },
  },
  consent: {
    page: 'consent',
    model: {
      form,
      username: 'john',
      clientName: 'Order book',
      clientHost: 'orders.example',
      scopes: SCOPES,
      grantedScopes: [],
      audiences: [],
    },
  },
  'consent-more': {
    page: 'consent',
    model: {
      form,
      username: 'john',
      clientName: 'Order book',
      scopes: ['orders:write'],
      grantedScopes: ['openid', 'profile'],
      audiences: ['https://orders.example/api'],
    },
  },
  device: { page: 'device', model: { form, userCode: '' } },
  'device-wrong': { page: 'device', model: { form, userCode: 'WDJB-MJHT', problem: 'wrong' } },
  'device-confirm': {
    page: 'device-confirm',
    model: {
      form,
      username: 'john',
      clientName: 'Television',
      userCode: 'WDJB-MJHT',
      scopes: ['openid', 'offline_access'],
    },
  },
  'device-done': { page: 'device-done', model: { clientName: 'Television', isAllowed: true } },
  'device-denied': { page: 'device-done', model: { clientName: 'Television', isAllowed: false } },
  'form-post': {
    page: 'form-post',
    model: { action: 'https://orders.example/callback', fields: { code: 'abc', state: 'xyz' } },
  },
  account: { page: 'account', model: account },
  'account-empty': {
    page: 'account',
    model: {
      path: '/account',
      username: 'john',
      csrfToken: 't',
      browsers: [],
      applications: [],
      consents: [],
    },
  },
  demo: { page: 'demo', model: { form } },
  'demo-tokens': {
    page: 'demo',
    model: {
      form,
      problem: 'invalid_grant',
      tokens: {
        refreshes: 2,
        refreshToken: `rgr_${'a'.repeat(92)}`,
        accessToken: 'b'.repeat(400),
        accessTokenClaims: '{ "iss": "https://as.example" }',
        idTokenClaims: '{ "sub": "john" }',
      },
    },
  },
  'error-expired': { page: 'error', model: { kind: 'expired', requestId: '5f0c2f6e' } },
  'error-invalid': {
    page: 'error',
    model: {
      kind: 'invalid',
      detail: 'invalid_request: redirect_uri is not registered',
      requestId: '5f0c2f6e-7d0f-4e0a',
    },
  },
  'error-unexpected': { page: 'error', model: { kind: 'unexpected', requestId: '5f0c2f6e-7d0f-4e0a' } },
};

/** The same with every text in it replaced. */
export function withTexts(sample: PageSample, text: string): PageSample {
  return { ...sample, model: replaceTexts(sample.model, text) } as PageSample;
}

/** These choose among texts, or are places that we name. */
const CHOICES = ['problem', 'notice', 'kind', 'action', 'path', 'continueUrl', 'olderUrl'];

function replaceTexts(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, text));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      CHOICES.includes(name) ? (member as unknown) : replaceTexts(member, text),
    ]),
  );
}
