import 'reflect-metadata';
import { namespaces } from './config.module.js';
import { type Environment } from './namespace.js';
import { variablesOf } from './variable.js';

/** A setting in force. */
export interface Setting {
  /** Of the environment variable. */
  readonly name: string;
  readonly description: string;
  readonly source: 'environment' | 'default';
  readonly isSecret: boolean;
  /** Left out for a secret. */
  readonly value?: unknown;
}

/** Every setting that an environment makes, without the secret ones' values. */
export function settingsOf(environment: Environment): Setting[] {
  return namespaces.flatMap(({ type }) => {
    const values = new type() as object as Readonly<Record<string, unknown>>;
    return variablesOf(type).map(({ name, property, describe: description, read, isSecret }) => {
      const text = environment[name] ?? '';
      const source = text === '' ? 'default' : 'environment';
      const value = text === '' ? values[property] : read(text);
      return { name, description, source, isSecret, ...(!isSecret && { value }) };
    });
  });
}
