import { describe, expect, test } from 'vitest';
import { openapiOperations } from '../../../src/gather/discovery/openapi.ts';

const id = { name: 'id', in: 'path', required: true };

function examples(paths: object, rest: object = {}): readonly string[] | undefined {
  return openapiOperations({ openapi: '3.1.0', paths, ...rest })?.map(
    ({ method, pattern, example }) => `${method} ${pattern} → ${example ?? 'none'}`,
  );
}

test.each([[null], [7], ['openapi'], [{}], [{ openapi: '3.1.0' }], [{ paths: {} }], [[]]])(
  '%j is no OpenAPI document',
  (document) => {
    expect(openapiOperations(document)).toBeNull();
  },
);

test('every operation is listed with its pattern', () => {
  expect(examples({ '/': { get: {}, post: {} }, '/a': { summary: 'x', delete: {} } })).toEqual([
    'GET / → /',
    'POST / → /',
    'DELETE /a → /a',
  ]);
});

describe('a parameter is', () => {
  test.each([
    ['its example', { ...id, example: 42 }, '/x/42'],
    ['one of its examples', { ...id, examples: { a: { value: 'b' } } }, '/x/b'],
    ["its schema's example", { ...id, schema: { example: 'é/' } }, '/x/%C3%A9%2F'],
    ['its default', { ...id, schema: { default: 9 } }, '/x/9'],
    ['the first of a list', { ...id, schema: { enum: ['new', 'old'] } }, '/x/new'],
    ['the smallest number', { ...id, schema: { type: 'integer', minimum: 100 } }, '/x/100'],
    ['one', { ...id, schema: { type: ['integer', 'null'] } }, '/x/1'],
    ['one, as Swagger 2 writes it', { ...id, type: 'integer' }, '/x/1'],
    ['never an invented text', { ...id, schema: { type: 'string' } }, 'none'],
  ])('%s', (_, parameter, example) => {
    expect(examples({ '/x/{id}': { get: { parameters: [parameter] } } })).toEqual([
      `GET /x/:id → ${example}`,
    ]);
  });

  test('missing from the document: none', () => {
    expect(examples({ '/x/{id}': { get: {} } })).toEqual(['GET /x/:id → none']);
  });

  test('shared by the path or by reference', () => {
    expect(
      examples(
        { '/x/{id}': { parameters: [{ $ref: '#/components/parameters/Id' }], get: {} } },
        { components: { parameters: { Id: { ...id, example: 5 } } } },
      ),
    ).toEqual(['GET /x/:id → /x/5']);
  });

  test('in the query only where it must be', () => {
    const parameters = [
      { name: 'q', in: 'query', required: true, example: 'a b' },
      { name: 'page', in: 'query', example: 2 },
    ];
    expect(examples({ '/s': { get: { parameters } } })).toEqual(['GET /s → /s?q=a+b']);
  });
});

test('paths start where the service is mounted', () => {
  const paths = { '/a': { get: {} } };
  expect(examples(paths, { servers: [{ url: 'https://host/api/v1/' }] })).toEqual([
    'GET /api/v1/a → /api/v1/a',
  ]);
  expect(openapiOperations({ swagger: '2.0', basePath: '/api', paths })?.[0]?.example).toBe(
    '/api/a',
  );
});
