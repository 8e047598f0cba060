import { afterEach, describe, expect, it } from '@jest/globals';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import { namespaces } from './config.module.js';
import { type CrossChecked, type Environment, namespace, validateEnvironment } from './namespace.js';
import { boolean, list, number, Variable, variablesOf } from './variable.js';

class ShipConfig implements CrossChecked {
  @Variable('TEST_SHIP_MASTS', 'How many masts.', number)
  @IsInt({ message: 'must be a whole number' })
  @Min(1)
  @Max(7)
  masts = 3;

  @Variable('TEST_SHIP_RIG', 'sloop or brig.')
  @IsIn(['sloop', 'brig'])
  rig = 'brig';

  @Variable('TEST_SHIP_CREW', 'Names.', list)
  crew: string[] = [];

  problems(environment: Environment): string[] {
    return environment.NODE_ENV === 'production' ? ['TEST_SHIP_CREW: must be set in production'] : [];
  }
}

describe('namespace', () => {
  afterEach(() => {
    for (const { name } of variablesOf(ShipConfig)) Reflect.deleteProperty(process.env, name);
  });

  it('reads the declared variables, each by its reader', () => {
    Object.assign(process.env, { TEST_SHIP_MASTS: '2', TEST_SHIP_CREW: ' ann, bob ,,' });
    expect(namespace('ship', ShipConfig)()).toMatchObject({ masts: 2, rig: 'brig', crew: ['ann', 'bob'] });
  });

  it('takes an empty variable for an unset one', () => {
    Object.assign(process.env, { TEST_SHIP_MASTS: '', TEST_SHIP_RIG: '' });
    expect(namespace('ship', ShipConfig)()).toMatchObject({ masts: 3, rig: 'brig' });
  });
});

describe('validateEnvironment', () => {
  const validate = (environment: Environment): string => {
    try {
      validateEnvironment([ShipConfig], environment);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('passes a sound environment', () => {
    expect(validate({ TEST_SHIP_MASTS: '7', TEST_SHIP_RIG: 'sloop' })).toBe('');
  });

  it('lists every problem at once, names the variables and prints no value', () => {
    const message = validate({
      NODE_ENV: 'production',
      TEST_SHIP_MASTS: '4815162342',
      TEST_SHIP_RIG: 's3cret-value',
    });
    expect(message).toContain('3 problem(s)');
    for (const name of ['TEST_SHIP_MASTS', 'TEST_SHIP_RIG', 'TEST_SHIP_CREW'])
      expect(message).toContain(name);
    expect(message).not.toMatch(/4815162342|s3cret-value/);
  });

  it.each(['3.5', '0x3', '1e1', ' 3', 'three', '--1', '٣'])('refuses the number %j', (value) => {
    expect(validate({ TEST_SHIP_MASTS: value })).toContain('TEST_SHIP_MASTS: must be a whole number');
  });
});

describe('the readers', () => {
  it.each([
    ['true', true],
    ['false', false],
    ['yes', 'yes'],
    ['TRUE', 'TRUE'],
  ])('read the boolean %j as %j', (text, value) => {
    expect(boolean(text)).toBe(value);
  });
});

describe('the namespaces of the service', () => {
  const variables = namespaces.flatMap(({ type }) => variablesOf(type as new () => object));

  it('declare each variable once, in capitals, with a line about it', () => {
    const names = variables.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, describe: line } of variables) {
      expect(name).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(line).toMatch(/^\S.+\.$/);
    }
  });
});
