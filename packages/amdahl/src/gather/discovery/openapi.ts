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

/** Follows `{ "$ref": "#/components/parameters/Id" }` within the document. */
function resolveReference(value: unknown, root: Record<string, unknown>): unknown {
  const reference = record(value)?.['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return value;
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>(
      (at, key) => record(at)?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
      root,
    );
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
