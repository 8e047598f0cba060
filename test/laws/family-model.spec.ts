import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ClientService } from '../../src/clients/client.service.js';
import { UserService } from '../../src/users/user.service.js';
import { age, countEvents } from '../support/families.js';
import { type Answer } from '../support/http.js';
import { type Caller, firstRefreshToken, refresh } from '../support/oauth.js';
import { CLIENT_SECRET, registerClient, startApp, type TestApp } from '../support/test-app.js';

const OWNER: Caller = { id: 'model', secret: CLIENT_SECRET };
const STRANGER: Caller = { id: 'stranger', secret: CLIENT_SECRET };
const GRACE = 100;
const LIFETIME = 10_000;

/** All there is to know of a family, in the plainest words; times in seconds of its own. */
interface Model {
  now: number;
  /** Generation that is current. */
  generation: number;
  rotatedAt: number;
  expiresAt: number;
  isRevoked: boolean;
  isClientEnabled: boolean;
  isUserActive: boolean;
}

/** The family itself: every token it ever had, by generation. */
interface Real {
  readonly tokens: string[];
}

type Expectation = 'rotated' | 'same successor' | 'invalid_grant' | 'invalid_scope' | 'invalid_client';

/** What the model says of a presentation. It changes as the family should. */
function expectation(model: Model, generation: number, scope?: string): Expectation {
  if (!model.isClientEnabled) return 'invalid_client';
  if (model.isRevoked || model.now >= model.expiresAt || !model.isUserActive) return 'invalid_grant';
  if (scope === 'read admin') return 'invalid_scope';
  if (generation === model.generation) {
    model.generation += 1;
    model.rotatedAt = model.now;
    model.expiresAt = model.now + LIFETIME;
    return 'rotated';
  }
  const isRetry = generation === model.generation - 1 && model.now - model.rotatedAt < GRACE;
  if (isRetry) return 'same successor';
  model.isRevoked = true;
  return 'invalid_grant';
}

describe('a token family and its model never disagree', () => {
  let service: TestApp;
  beforeAll(async () => {
    service = await startApp();
    const tokenPolicy = { rotation_grace_seconds: GRACE, refresh_token_lifetime: LIFETIME };
    await registerClient(service, { id: OWNER.id, tokenPolicy });
    await registerClient(service, { id: STRANGER.id });
  });
  afterAll(() => service.stop());

  type Command = fc.AsyncCommand<Model, Real>;

  /** Presents the token `back` generations before the current one. */
  const present = (back: number, scope?: string): Command => ({
    check: ({ generation }) => generation >= back,
    run: async (model, real) => {
      const generation = model.generation - back;
      const expected = expectation(model, generation, scope);
      const answer = await refresh(service.url, real.tokens[generation]!, OWNER, { scope });
      verify(answer, expected, real, generation, scope);
    },
    toString: () => `present(${back} back${scope ? `, ${scope}` : ''})`,
  });

  const presentByStranger = (back: number): Command => ({
    check: ({ generation }) => generation >= back,
    run: async (model, real) => {
      const answer = await refresh(service.url, real.tokens[model.generation - back]!, STRANGER);
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    },
    toString: () => `presentByStranger(${back} back)`,
  });

  const pass = (seconds: number): Command => ({
    check: () => true,
    run: async (model, real) => {
      await age(service.database.pool, real.tokens[0]!, seconds);
      model.now += seconds;
    },
    toString: () => `pass(${seconds} s)`,
  });

  const setClient = (enabled: boolean): Command => ({
    check: ({ isClientEnabled }) => isClientEnabled !== enabled,
    run: async (model) => {
      await service.app.get(ClientService).change(OWNER.id, { enabled });
      model.isClientEnabled = enabled;
    },
    toString: () => (enabled ? 'enableClient' : 'disableClient'),
  });

  const setUser = (isActive: boolean): Command => ({
    check: ({ isUserActive }) => isUserActive !== isActive,
    run: async (model) => {
      await changeUser(isActive);
      model.isUserActive = isActive;
    },
    toString: () => (isActive ? 'enableUser' : 'disableUser'),
  });

  async function changeUser(isActive: boolean): Promise<void> {
    const users = service.app.get(UserService);
    const john = await users.findByUsername('john');
    await users.change(john!.id, { status: isActive ? 'active' : 'disabled' });
  }

  function verify(
    answer: Answer,
    expected: Expectation,
    real: Real,
    generation: number,
    scope?: string,
  ): void {
    if (expected === 'rotated' || expected === 'same successor') {
      expect(answer.status).toBe(200);
      expect(answer.body.scope).toBe(scope ?? 'read write');
      if (expected === 'rotated') real.tokens.push(answer.body.refresh_token!);
      expect(answer.body.refresh_token).toBe(real.tokens[generation + 1]);
      expect(new Set(real.tokens).size).toBe(real.tokens.length);
    } else {
      expect(answer.body.error).toBe(expected);
    }
  }

  const often = (command: fc.Arbitrary<Command>, times: number) =>
    Array.from({ length: times }, () => command);
  const commands = [
    ...often(fc.constant(present(0)), 6),
    ...often(fc.constant(present(1)), 4),
    fc.constant(present(0, 'read')),
    fc.constant(present(1, 'write')),
    fc.constant(present(0, 'read admin')),
    fc.constant(present(1, 'read admin')),
    fc.integer({ min: 2, max: 4 }).map((back) => present(back)),
    fc.integer({ min: 0, max: 2 }).map(presentByStranger),
    ...often(fc.constantFrom(GRACE / 4, GRACE + 1, LIFETIME / 2).map(pass), 2),
    fc.constant(pass(LIFETIME + 1)),
    fc.boolean().map(setClient),
    fc.boolean().map(setUser),
  ];

  it('in 150 random sequences of issue, refresh, retry, replay, expire, narrow and disable', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 40, size: 'max' }), async (sequence) => {
        await service.app.get(ClientService).change(OWNER.id, { enabled: true });
        await changeUser(true);
        const first = await firstRefreshToken(service.url, OWNER);
        const real: Real = { tokens: [first] };
        const model: Model = {
          now: 0,
          generation: 0,
          rotatedAt: 0,
          expiresAt: LIFETIME,
          isRevoked: false,
          isClientEnabled: true,
          isUserActive: true,
        };
        await fc.asyncModelRun(() => ({ model, real }), sequence);
        expect(await countEvents(service.database.pool, first)).toBe(model.isRevoked ? 1 : 0);
      }),
      { numRuns: 150 },
    );
  }, 180_000);
});
