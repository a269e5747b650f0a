/** A JSON Schema, as Fastify takes it. */
type Schema = Readonly<Record<string, unknown>>;

/** The id of a row: a positive number that fits the database's integer. */
export const id: Schema = { type: 'integer', minimum: 1, maximum: 2_147_483_647 };

export function params(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

export function query(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema {
  return { type: 'object', properties, required };
}
