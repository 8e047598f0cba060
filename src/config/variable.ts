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
}

const DECLARATIONS = Symbol('regrant:variables');

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
    const declaration = { property: String(property), name, describe, read };
    Reflect.defineMetadata(DECLARATIONS, [...known, declaration], target.constructor);
  };
}

/** The variables that a config class declares, in their order. */
export function variablesOf(type: new () => object): readonly VariableDeclaration[] {
  return (Reflect.getMetadata(DECLARATIONS, type) as VariableDeclaration[] | undefined) ?? [];
}
