import { type OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './examples.js';

/** Ids that are no UUIDs, by the names that paths have for them. */
const EXAMPLES: Readonly<Record<string, string>> = {
  client_id: 'shop',
  kid: 'oV4cT8GzB1mYp0h0qJk0m9Jm0m0f1b0mXb7m3o2c1aE',
};
const UUID_EXAMPLE = '0198d3a4-77a2-7b61-9a51-0c1f6a5b7e21';

/** Declares the parameters of each path, as OpenAPI wants it, from the path itself. */
export function declarePathParameters({ paths }: OpenAPIObject): void {
  for (const [path, item] of Object.entries(paths)) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    for (const { parameters } of operationsOf(item)) parameters?.push(...names.map(pathParameter));
  }
}

function pathParameter(name: string) {
  return {
    name,
    in: 'path' as const,
    required: true,
    schema: { type: 'string' as const, example: EXAMPLES[name] ?? UUID_EXAMPLE },
  };
}
