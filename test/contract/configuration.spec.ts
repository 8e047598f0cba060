import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { namespaces } from '../../src/config/config.module.js';
import { variablesOf } from '../../src/config/variable.js';

/** A variable as it is declared, or as a document has it. The default as written in an environment. */
interface Documented {
  readonly name: string;
  readonly default: string;
  readonly describe: string;
}

/** What no namespace declares. */
const UNDECLARED = ['NODE_ENV'];

const declared: Documented[] = namespaces.flatMap(({ type }) => {
  const defaults = new (type as new () => object)();
  return variablesOf(type).map(({ property, name, describe: text }) => {
    return { name, default: String(Reflect.get(defaults, property)), describe: text };
  });
});

function read(file: string): string {
  return readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
}

/** Pairs of a comment line and a commented-out assignment. */
function inEnvExample(): Documented[] {
  const pairs = read('.env.example').matchAll(/^# (.+) Default: (.+)\n# ([A-Z_]+)=(.*)$/gm);
  return [...pairs].map(([, text = '', said = '', name = '', value = '']) => {
    expect(said).toBe(value === '' ? 'unset' : value);
    return { name, default: value, describe: text };
  });
}

/** Rows of the README whose first cell is a variable. */
function inReadme(): Documented[] {
  const rows = read('README.md').matchAll(/^\| `([A-Z_]+)` +\| (?:unset|`(.*?)`) +\| (.+?) +\|$/gm);
  return [...rows].map(([, name = '', value = '', text = '']) => {
    return { name, default: value, describe: text.replaceAll('\\|', '|') };
  });
}

const isDeclared = ({ name }: Documented) => !UNDECLARED.includes(name);

describe('configuration', () => {
  it('declares each variable once, with a description', () => {
    const names = declared.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(declared.filter((variable) => variable.describe === '')).toEqual([]);
  });

  it.each([
    ['.env.example', inEnvExample],
    ['the table of README.md', inReadme],
  ])('%s documents exactly the declared variables and defaults', (_document, documented) => {
    // To mend it: `node scripts/env-example.mjs`, and the same with `--markdown`.
    const entries = documented();
    expect(entries.filter(isDeclared)).toEqual(declared);
    expect(entries.filter((entry) => !isDeclared(entry)).map(({ name }) => name)).toEqual(UNDECLARED);
  });

  it('assigns nothing in .env.example that is not commented out', () => {
    expect(read('.env.example').match(/^[^#\n].*/m)).toBeNull();
  });
});
