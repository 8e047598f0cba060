import { type OpenAPIObject } from '@nestjs/swagger';

/** As much of a JSON schema as an example is made of. */
interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly type?: string | readonly string[];
  readonly example?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

interface MediaType {
  readonly schema?: Schema;
  example?: unknown;
}

/**
 * Gives each body of the document an example, put together from those of its fields: one that is written
 * down once can't contradict the others.
 */
export function addExamples(document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  for (const media of mediaTypes(document)) {
    if (media.schema && media.example === undefined) media.example = exampleOf(media.schema, schemas);
  }
}

/** Takes the examples off optional parameters: Swagger UI would fill them in, and filter by what nobody asked for. */
export function leaveFiltersEmpty({ paths }: OpenAPIObject): void {
  for (const { parameters = [] } of Object.values(paths).flatMap(operationsOf)) {
    for (const parameter of parameters) {
      const isFilter = 'in' in parameter && parameter.in === 'query' && !parameter.required;
      if (isFilter && parameter.schema && 'example' in parameter.schema) delete parameter.schema.example;
    }
  }
}

/** The operations of one path. */
export function operationsOf(item: PathItem): Operation[] {
  return [item.get, item.put, item.post, item.patch, item.delete].flatMap((operation) => operation ?? []);
}

function* mediaTypes({ paths }: OpenAPIObject): Generator<MediaType> {
  for (const { requestBody, responses } of Object.values(paths).flatMap(operationsOf)) {
    for (const part of [requestBody, ...Object.values(responses)]) {
      if (part && 'content' in part) yield* Object.values(part.content ?? {}) as MediaType[];
    }
  }
}

function exampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>): unknown {
  if (schema.example !== undefined) return schema.example;
  const referred = schema.$ref ?? schema.allOf?.[0]?.$ref;
  const target = referred && schemas[referred.replace('#/components/schemas/', '')];
  if (target) return exampleOf(target, schemas);
  if (schema.items) return [exampleOf(schema.items, schemas)];
  if (!schema.properties) return undefined;
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, property]) => [name, exampleOf(property, schemas)]),
  );
}
