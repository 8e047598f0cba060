import { describe, expect, it } from '@jest/globals';
import { TokensConfig } from '../config/tokens.config.js';
import { type ClientTokenPolicy, effectivePolicy, type TokenPolicy } from './token-policy.js';

const SERVER = Object.assign(new TokensConfig(), { rotationGrace: 30, maxFamiliesPerUser: 5 });

describe('effectivePolicy', () => {
  it('is the server’s where the client sets nothing', () => {
    expect(effectivePolicy({}, SERVER)).toEqual({
      rotation: true,
      rotationGrace: 30,
      refreshTokenLifetime: 86_400,
      refreshTokenExpiry: 'sliding',
      absoluteLifetime: 0,
      maxFamiliesPerUser: 5,
      revokePreviousAccessToken: false,
      accessTokenFormat: 'jwt',
      accessTokenLifetime: 3_600,
      accessTokenAlgorithm: 'ES256',
    });
  });

  it.each<[ClientTokenPolicy, Partial<TokenPolicy>]>([
    [{ rotation: false }, { rotation: false }],
    [{ rotation_grace_seconds: 0 }, { rotationGrace: 0 }],
    [{ refresh_token_lifetime: 60 }, { refreshTokenLifetime: 60 }],
    [{ refresh_token_expiry: 'fixed' }, { refreshTokenExpiry: 'fixed' }],
    [{ absolute_lifetime: 600 }, { absoluteLifetime: 600 }],
    [{ max_families_per_user: 0 }, { maxFamiliesPerUser: 0 }],
    [{ revoke_previous_access_token: true }, { revokePreviousAccessToken: true }],
    [{ access_token_format: 'opaque' }, { accessTokenFormat: 'opaque' }],
    [{ access_token_lifetime: 1 }, { accessTokenLifetime: 1 }],
    [{ access_token_algorithm: 'PS256' }, { accessTokenAlgorithm: 'PS256' }],
  ])('is the client’s where it sets %j, and the server’s in all else', (client, own) => {
    expect(effectivePolicy(client, SERVER)).toEqual({ ...effectivePolicy({}, SERVER), ...own });
  });
});
