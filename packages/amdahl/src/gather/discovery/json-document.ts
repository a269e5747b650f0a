/** Looking around in a JSON document of unknown shape. */

/** Follows `{ "$ref": "#/components/parameters/Id" }` within the document. */
export function resolveReference(value: unknown, root: Record<string, unknown>): unknown {
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

/** The value if it is an object, else null. */
export function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/** The value if it is an array, else an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
