import 'reflect-metadata';

/** Turns the text of an environment variable into the value of a config property. */
export type Reader = (text: string) => unknown;

/** One environment variable as a config class declares it. */
export interface VariableDeclaration {
  readonly property: string;
  readonly name: string;
  /** One line: what it does, units, bounds. */
  readonly describe: string;
  readonly read: Reader;
  /** Whether its value is shown to nobody. */
  readonly isSecret: boolean;
}

const DECLARATIONS = Symbol('regrant:variables');
const SECRETS = Symbol('regrant:secrets');

export const text: Reader = (value) => value;
/** Not a number reads as NaN, which every numeric validator refuses. */
export const number: Reader = (value) => (/^-?\d+$/.test(value) ? Number(value) : NaN);
export const boolean: Reader = (value) => (value === 'true' ? true : value === 'false' ? false : value);
export const list: Reader = (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Declares that a property is read from an environment variable; its initial value is the default. */
export function Variable(name: string, describe: string, read: Reader = text): PropertyDecorator {
  return (target, property) => {
    const known = variablesOf(target.constructor as new () => object);
    const declaration = { property: String(property), name, describe, read, isSecret: false };
    Reflect.defineMetadata(DECLARATIONS, [...known, declaration], target.constructor);
  };
}

/** Declares that a property's value is secret, or has one in it, as the URL of a database may. */
export const Secret: PropertyDecorator = (target, property) => {
  Reflect.defineMetadata(SECRETS, [...secretsOf(target.constructor), property], target.constructor);
};

/** The variables that a config class declares, in their order. */
export function variablesOf(type: new () => object): readonly VariableDeclaration[] {
  const declared = (Reflect.getMetadata(DECLARATIONS, type) as VariableDeclaration[] | undefined) ?? [];
  const secrets = secretsOf(type);
  return declared.map((variable) => ({ ...variable, isSecret: secrets.includes(variable.property) }));
}

function secretsOf(type: object): readonly (string | symbol)[] {
  return (Reflect.getMetadata(SECRETS, type) as (string | symbol)[] | undefined) ?? [];
}
