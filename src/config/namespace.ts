import { registerAs } from '@nestjs/config';
import { validateSync } from 'class-validator';
import { variablesOf } from './variable.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Rules that span variables, such as what production demands; each returns a sentence per problem. */
export interface CrossChecked {
  problems(environment: Environment): string[];
}

type ConfigType = new () => object;

/** Makes a `@nestjs/config` namespace of a class whose properties are declared with `@Variable`. */
export function namespace<T extends object>(token: string, type: new () => T) {
  const factory = registerAs(token, () => read(type, process.env));
  return Object.assign(factory, { type });
}

function read<T extends object>(type: new () => T, environment: Environment): T {
  const config = new type();
  for (const { property, name, read: parse } of variablesOf(type)) {
    const value = environment[name];
    if (value !== undefined && value !== '') Reflect.set(config, property, parse(value));
  }
  return config;
}

/**
 * Checks the environment against every namespace at once.
 *
 * @throws Error that lists every problem, naming variables and printing no value
 */
export function validateEnvironment(types: readonly ConfigType[], environment: Environment): void {
  const problems = types.flatMap((type) => problemsOf(type, environment));
  if (problems.length > 0) {
    throw new Error(`The configuration has ${problems.length} problem(s):\n- ${problems.join('\n- ')}`);
  }
}

function problemsOf(type: ConfigType, environment: Environment): string[] {
  const config = read(type, environment);
  const names = new Map(variablesOf(type).map(({ property, name }) => [property, name]));
  const violations = validateSync(config, { forbidUnknownValues: false }).map(({ property, constraints }) => {
    const [message = 'is wrong'] = Object.values(constraints ?? {}).reverse();
    return `${names.get(property) ?? property}: ${message.replace(`${property} `, '')}`;
  });
  return [...violations, ...(isCrossChecked(config) ? config.problems(environment) : [])];
}

function isCrossChecked(config: object): config is CrossChecked {
  return 'problems' in config;
}

export function isProduction(environment: Environment): boolean {
  return environment.NODE_ENV === 'production';
}
