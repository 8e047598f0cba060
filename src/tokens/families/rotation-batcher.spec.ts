import { describe, expect, it } from '@jest/globals';
import { OAuthError } from '../../common/oauth-error.js';
import { RotationConfig } from '../../config/rotation.config.js';
import { type Database } from '../../database/database.js';
import { StatementBatchers } from '../../database/statement-batchers.js';
import { Metrics } from '../../metrics/metrics.js';
import { SilentTracer } from '../../tracing/tracer.js';
import { RotationBatcher } from './rotation-batcher.js';
import { type TokenFamily } from './token-family.js';
import { type RotationMember, type TokenFamilyRepository } from './token-family.repository.js';

/** A repository that notes its statements and answers when it is told to; `poison` makes a statement fail. */
class HeldRepository {
  readonly batches: string[][] = [];
  private readonly held: (() => void)[] = [];

  async rotate(_session: unknown, members: readonly RotationMember[]): Promise<TokenFamily[]> {
    const ids = members.map(({ familyId }) => familyId);
    this.batches.push(ids);
    await new Promise<void>((resolve) => this.held.push(resolve));
    if (ids.includes('poison')) throw new Error('invalid input');
    if (ids.includes('fault')) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    return members
      .filter(({ familyId }) => familyId !== 'spent')
      .map(({ familyId }) => ({ id: familyId }) as TokenFamily);
  }

  /** Lets everything be answered, now and from now on, until nothing happens any more. */
  async finish(): Promise<void> {
    for (let idle = 0; idle < 20; idle += 1) {
      if (this.held.length > 0) idle = 0;
      for (const release of this.held.splice(0)) release();
      await new Promise(setImmediate);
    }
  }
}

function setUp(overrides: Partial<RotationConfig> = {}) {
  const repository = new HeldRepository();
  const settings = Object.assign(new RotationConfig(), { lanes: 1 }, overrides);
  const batcher = new RotationBatcher(
    {} as Database,
    repository as unknown as TokenFamilyRepository,
    new StatementBatchers(new Metrics(), new SilentTracer()),
    settings,
  );
  const rotate = (familyId: string, isAbandoned?: () => boolean) =>
    batcher.rotate({ familyId } as RotationMember, isAbandoned);
  return { repository, rotate };
}

/** The end of a turn of the event loop: what was asked for in it is sent. */
const turn = () => new Promise(setImmediate);

describe('RotationBatcher', () => {
  it('sends what comes in one turn together, and folds what comes meanwhile into the next statement', async () => {
    const { repository, rotate } = setUp();
    const first = ['e', 'c'].map((familyId) => rotate(familyId));
    await turn();
    const rest = ['a', 'd'].map((familyId) => rotate(familyId));
    await turn();
    rest.push(rotate('b'));
    await repository.finish();
    expect(repository.batches).toEqual([
      ['c', 'e'],
      ['a', 'b', 'd'],
    ]);
    const families = await Promise.all([...first, ...rest]);
    expect(families.map((family) => family?.id)).toEqual(['e', 'c', 'a', 'd', 'b']);
  });

  it('lets Postgres begin while the rest of a crowd is still coming in', async () => {
    const { repository, rotate } = setUp({ lanes: 2 });
    const ids = Array.from({ length: 80 }, (_, index) => String(index).padStart(2, '0'));
    const all = ids.map((familyId) => rotate(familyId));
    expect(repository.batches).toEqual([ids.slice(0, 32), ids.slice(32, 64)]);
    await repository.finish();
    await Promise.all(all);
    expect(repository.batches.slice(2)).toEqual([ids.slice(64)]);
  });

  it('drops what was abandoned before it is sent, and never after', async () => {
    const { repository, rotate } = setUp();
    let isAbandoned = false;
    const sent = rotate('b', () => isAbandoned);
    await turn();
    const all = [sent, rotate('c', () => isAbandoned), rotate('d')];
    isAbandoned = true;
    const settled = Promise.allSettled(all);
    await repository.finish();
    await expect(all[1]).rejects.toThrow(OAuthError);
    expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(repository.batches).toEqual([['b'], ['d']]);
  });

  it('never has a family twice in a statement, nor in two lanes at a time', async () => {
    const { repository, rotate } = setUp({ lanes: 2 });
    const all = ['a', 'a', 'b', 'a', 'b'].map((familyId) => rotate(familyId));
    await turn();
    expect(repository.batches).toEqual([['a', 'b']]);
    await repository.finish();
    await Promise.all(all);
    expect(repository.batches.every((batch) => new Set(batch).size === batch.length)).toBe(true);
    expect(repository.batches.flat().sort()).toEqual(['a', 'a', 'a', 'b', 'b']);
  });

  it('keeps to the batch size, first come first served', async () => {
    const { repository, rotate } = setUp({ batchSize: 2 });
    const all = ['a', 'b', 'c', 'd', 'e'].map((familyId) => rotate(familyId));
    await repository.finish();
    await Promise.all(all);
    expect(repository.batches).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('answers a member whose condition did not hold, and its neighbours, each with its own', async () => {
    const { repository, rotate } = setUp();
    const all = ['a', 'b', 'spent', 'c'].map((familyId) => rotate(familyId));
    await repository.finish();
    expect((await Promise.all(all)).map((family) => family?.id)).toEqual(['a', 'b', undefined, 'c']);
  });

  it('fails only the member that a statement is wrong for', async () => {
    const { repository, rotate } = setUp();
    const all = Promise.allSettled(['a', 'b', 'poison', 'c'].map((familyId) => rotate(familyId)));
    await repository.finish();
    expect((await all).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it('fails every member of a statement that a fault hit, tries none again, and goes on (L3)', async () => {
    const { repository, rotate } = setUp();
    const all = Promise.allSettled(['a', 'b', 'fault', 'c'].map((familyId) => rotate(familyId)));
    await repository.finish();
    expect((await all).map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
    expect(repository.batches).toEqual([['a', 'b', 'c', 'fault']]);
    const next = rotate('b');
    await repository.finish();
    expect((await next)?.id).toBe('b');
  });

  it('refuses at once with 503 when the queue is full, and takes more when it is not', async () => {
    const { repository, rotate } = setUp({ queueLimit: 2 });
    const sent = rotate('a');
    await turn();
    const taken = [sent, rotate('b'), rotate('c')];
    await expect(rotate('d')).rejects.toMatchObject({ status: 503, error: 'temporarily_unavailable' });
    await repository.finish();
    await Promise.all(taken);
    const next = rotate('d');
    await repository.finish();
    expect((await next)?.id).toBe('d');
  });

  it('is one statement per refresh without lanes', async () => {
    const { repository, rotate } = setUp({ lanes: 0 });
    const all = ['b', 'a'].map((familyId) => rotate(familyId));
    await repository.finish();
    await Promise.all(all);
    expect(repository.batches).toEqual([['b'], ['a']]);
  });
});
