import { send } from './http.js';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly example?: unknown;
}

export interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
}

/** An operation of the OpenAPI document, with where it is. */
export interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly summary?: string;
  readonly security?: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly content?: Record<string, Media> }>;
}

export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Omit<DocumentedOperation, 'method' | 'path'>>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

export async function openApiDocument(url: string): Promise<OpenApiDocument> {
  return JSON.parse((await send(`${url}/docs/openapi.json`, { method: 'GET' })).text) as OpenApiDocument;
}

/** Every operation that the document has. */
export function operationsOf({ paths }: OpenApiDocument): DocumentedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
}

/** The scope that an operation needs. */
export function scopeOf({ security = [] }: DocumentedOperation): string {
  const [scope = ''] = security.flatMap((requirement) => Object.values(requirement)).flat();
  return scope;
}
