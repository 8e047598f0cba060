import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { send } from '../support/http.js';
import {
  type DocumentedOperation,
  type OpenApiDocument,
  openApiDocument,
  operationsOf,
  scopeOf,
} from '../support/openapi.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { MANAGEMENT_SCOPES } from '../../src/roles/management-scopes.js';

type Specification = Parameters<Validator['validate']>[0];

describe('the OpenAPI document', () => {
  let service: TestApp;
  let document: OpenApiDocument;
  let operations: DocumentedOperation[];
  beforeAll(async () => {
    service = await startApp();
    document = await openApiDocument(service.url);
    operations = operationsOf(document);
  });
  afterAll(() => service.stop());

  const missing = (check: (operation: DocumentedOperation) => boolean): string[] =>
    operations.filter((operation) => !check(operation)).map(({ operationId }) => operationId);

  it('is OpenAPI 3.1 without an error, says a stock validator', async () => {
    const result = await new Validator().validate(structuredClone(document) as unknown as Specification);
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('has every operation of the management API, each by a name of its own', () => {
    expect(operations.length).toBeGreaterThan(10);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(operations.every(({ path }) => path.startsWith('/admin/v1/'))).toBe(true);
  });

  it('gives each operation a summary, a scope, its errors and examples', () => {
    const media = ({ requestBody, responses }: DocumentedOperation) =>
      [requestBody, ...Object.values(responses)].flatMap((part) => Object.values(part?.content ?? {}));
    expect(missing(({ summary = '' }) => /^[A-Z].{5,80}$/.test(summary))).toEqual([]);
    expect(missing((operation) => scopeOf(operation) in MANAGEMENT_SCOPES)).toEqual([]);
    expect(missing(({ responses }) => ['401', '403', '503'].every((status) => status in responses))).toEqual(
      [],
    );
    expect(missing((operation) => media(operation).every(({ example }) => example !== undefined))).toEqual(
      [],
    );
  });

  it('has If-Match wherever something is replaced, patched or deleted whole', () => {
    const changing = operations.filter(({ method }) => ['PUT', 'PATCH'].includes(method));
    expect(changing.length).toBeGreaterThan(1);
    for (const { parameters = [], responses } of changing) {
      expect(parameters.map(({ name }) => name)).toContain('If-Match');
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['412', '428']));
    }
  });

  it('declares every parameter of a path', () => {
    expect(
      missing(({ path, parameters = [] }) => {
        const declared = parameters
          .filter((parameter) => parameter.in === 'path')
          .map(({ name }) => `{${name}}`);
        return JSON.stringify(path.match(/\{\w+\}/g) ?? []) === JSON.stringify(declared);
      }),
    ).toEqual([]);
  });

  it('gives every field of every schema an example', () => {
    const bare = Object.entries(document.components.schemas).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, property]) => !isExplained(property))
        .map(([property]) => `${name}.${property}`),
    );
    expect(bare).toEqual([]);
  });

  it('is there as YAML too', async () => {
    const answer = await send(`${service.url}/docs/openapi.yaml`, { method: 'GET' });
    expect(answer.text).toMatch(/^openapi: 3\.1\.0$/m);
  });
});

function isExplained(property: object): boolean {
  return ['example', '$ref', 'allOf'].some((key) => key in property) || hasRef(property);
}

function hasRef(property: object): boolean {
  return 'items' in property && '$ref' in (property.items as object);
}
