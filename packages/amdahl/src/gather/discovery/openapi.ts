import { list, record, resolveReference } from './json-document.ts';
import { schemaExample } from './schema-example.ts';

/** Where services usually serve their OpenAPI document, most usual first. */
export const openapiPaths = [
  '/openapi.json',
  '/swagger.json',
  '/api-docs',
  '/api-docs.json',
  '/v3/api-docs',
  '/v2/api-docs',
  '/documentation/json',
  '/docs/json',
  '/docs/openapi.json',
  '/api/openapi.json',
  '/swagger/v1/swagger.json',
] as const;

/** One operation of the document. */
export interface OpenapiOperation {
  readonly method: string;
  /** `/products/:id` */
  readonly pattern: string;
  /** A path that can be asked, query included; null when the document gives too little to build one. */
  readonly example: string | null;
  /** A JSON body the document describes; undefined when it describes none. */
  readonly body: unknown;
}

interface Parameter {
  readonly name?: unknown;
  readonly in?: unknown;
  readonly required?: unknown;
  readonly example?: unknown;
  readonly examples?: unknown;
  readonly schema?: unknown;
}

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** The operations of an OpenAPI 3 or Swagger 2 document; null when the value is none. */
export function openapiOperations(document: unknown): readonly OpenapiOperation[] | null {
  const root = record(document);
  if (root === null || typeof (root['openapi'] ?? root['swagger']) !== 'string') return null;
  const paths = record(root['paths']);
  if (paths === null) return null;
  const prefix = basePath(root);
  return Object.entries(paths).flatMap(([path, item]) => {
    const operations = record(resolveReference(item, root)) ?? {};
    return methods.flatMap((method) => {
      const operation = record(operations[method]);
      if (operation === null) return [];
      const parameters = [...list(operations['parameters']), ...list(operation['parameters'])].map(
        (parameter) => (record(resolveReference(parameter, root)) ?? {}) as Parameter,
      );
      return [
        {
          method: method.toUpperCase(),
          pattern: prefix + path.replace(/\{([^}]+)\}/g, ':$1'),
          example: examplePath(prefix + path, parameters, root),
          body: exampleBody(operation, root),
        },
      ];
    });
  });
}

/** OpenAPI 3 puts it into `servers`, Swagger 2 into `basePath`. */
function basePath(root: Record<string, unknown>): string {
  const server = record(list(root['servers'])[0])?.['url'];
  const base = typeof server === 'string' ? server : root['basePath'];
  if (typeof base !== 'string' || base.includes('{')) return '';
  try {
    return new URL(base, 'http://host').pathname.replace(/\/+$/, '');
  } catch {
    return '';
  }
}

function examplePath(
  template: string,
  parameters: readonly Parameter[],
  root: Record<string, unknown>,
): string | null {
  let path = template;
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    const { name } = parameter;
    if (typeof name !== 'string') continue;
    const inPath = parameter.in === 'path';
    if (!inPath && !(parameter.in === 'query' && parameter.required === true)) continue;
    const value = exampleValue(parameter, root);
    if (value === null) return null;
    if (inPath) path = path.replaceAll(`{${name}}`, encodeURIComponent(value));
    else query.set(name, value);
  }
  if (path.includes('{')) return null;
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function exampleBody(operation: Record<string, unknown>, root: Record<string, unknown>): unknown {
  const body = record(resolveReference(operation['requestBody'], root));
  const media = record(record(body?.['content'])?.['application/json']);
  if (media === null) return undefined;
  const [first] = Object.values(record(media['examples']) ?? {});
  return media['example'] ?? record(first)?.['value'] ?? schemaExample(media['schema'], root);
}

/** What the document says a value may be; the smallest for numbers. Text is never invented. */
function exampleValue(parameter: Parameter, root: Record<string, unknown>): string | null {
  // In Swagger 2 the parameter itself is the schema.
  const schema = record(resolveReference(parameter.schema ?? parameter, root)) ?? {};
  const named = Object.values(record(parameter.examples) ?? {}).map(
    (each) => record(each)?.['value'],
  );
  const given = [
    parameter.example,
    ...named,
    schema['example'],
    ...list(schema['examples']),
    schema['default'],
    ...list(schema['enum']),
  ].find(isPlain);
  if (given !== undefined) return String(given);
  const type = list(schema['type'])[0] ?? schema['type'];
  if (type !== 'integer' && type !== 'number') return type === 'boolean' ? 'true' : null;
  return typeof schema['minimum'] === 'number' ? String(schema['minimum']) : '1';
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
