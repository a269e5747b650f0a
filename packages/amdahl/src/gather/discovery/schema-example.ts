import { list, record, resolveReference } from './json-document.ts';

/** Schemas may contain themselves. */
const maxDepth = 6;

/** A value that a JSON schema describes, from its examples and defaults where it has any. */
export function schemaExample(
  given: unknown,
  root: Record<string, unknown>,
  depth: number = 0,
): unknown {
  const schema = record(resolveReference(given, root)) ?? {};
  const stated = [
    schema['example'],
    ...list(schema['examples']),
    schema['default'],
    schema['const'],
    ...list(schema['enum']),
  ].find((value) => value !== undefined);
  if (stated !== undefined) return stated;
  if (depth >= maxDepth) return null;
  const parts = list(schema['allOf']);
  if (parts.length > 0) {
    const objects = parts.map((part) => record(schemaExample(part, root, depth + 1)) ?? {});
    return Object.assign({}, ...objects) as Record<string, unknown>;
  }
  const [choice] = [...list(schema['oneOf']), ...list(schema['anyOf'])];
  if (choice !== undefined) return schemaExample(choice, root, depth + 1);
  return ofType(schema, root, depth);
}

function ofType(
  schema: Record<string, unknown>,
  root: Record<string, unknown>,
  depth: number,
): unknown {
  const properties = record(schema['properties']);
  const type = list(schema['type'])[0] ?? schema['type'] ?? (properties === null ? null : 'object');
  switch (type) {
    case 'object': {
      const required = new Set(list(schema['required']));
      const wanted = Object.entries(properties ?? {}).filter(
        ([name]) => required.size === 0 || required.has(name),
      );
      return Object.fromEntries(
        wanted.map(([name, property]) => [name, schemaExample(property, root, depth + 1)]),
      );
    }
    case 'array':
      return [schemaExample(schema['items'], root, depth + 1)];
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'string':
      return textOf(schema['format']);
    default:
      return null;
  }
}

function textOf(format: unknown): string {
  switch (format) {
    case 'email':
      return 'someone@example.com';
    case 'date':
      return '2026-01-01';
    case 'date-time':
      return '2026-01-01T00:00:00Z';
    case 'uuid':
      return '00000000-0000-4000-8000-000000000000';
    default:
      return 'text';
  }
}
