import type { QueryFunction } from '../sql/explain.ts';
import type { LabIndex } from '../sql/index-definition.ts';
import { qualifiedName, searchPath } from '../sql/schema.ts';
import { estimateIndexSize, type IndexSize } from './index-size.ts';
import type { LabModel } from './lab-model.ts';
import { attempt } from './lab-session.ts';
import { preambleDdl, schemaDdl } from './schema-ddl.ts';

/** Makes the modelled part of the target's schema; answers what could not be made, as sentences. */
export async function restoreSchema(
  query: QueryFunction,
  { catalog, tables }: LabModel,
): Promise<readonly string[]> {
  const warnings = [...(await attempt(query, preambleDdl(catalog)))];
  const types = [...new Set(tables.flatMap((table) => table.columns.map((column) => column.type)))];
  const missing = await query(
    'SELECT type FROM unnest($1::text[]) type WHERE to_regtype(type) IS NULL',
    [types],
  );
  const missingTypes = new Set(missing.map((row) => String(row['type'])));
  for (const type of missingTypes) {
    warnings.push(`The lab has not the type ${type}; columns of that type are modelled as text.`);
  }
  const plain = tables.filter(({ kind }) => kind === 'table' || kind === 'materialized-view');
  for (const { kind, schema, name } of tables.filter((table) => !plain.includes(table))) {
    warnings.push(`The lab has not the ${kind} table ${qualifiedName(schema, name)}.`);
  }
  warnings.push(...(await attempt(query, schemaDdl(catalog, plain, missingTypes))));
  for (const name of catalog.extendedStatistics ?? []) {
    warnings.push(`The lab has not the extended statistics ${name}.`);
  }
  return warnings;
}

/** Creates the candidates that can be created. An expression that is not immutable cannot. */
export async function createCandidates(
  query: QueryFunction,
  { candidates, catalog }: LabModel,
): Promise<ReadonlyMap<LabIndex, IndexSize>> {
  const required = new Set(candidates.map((index) => index.requires));
  for (const extension of required) {
    if (extension !== undefined) await query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
  }
  await query(`SET search_path = ${[...searchPath(catalog), 'public'].join(', ')}`);
  const made = new Map<LabIndex, IndexSize>();
  for (const index of candidates) {
    const failures = await attempt(query, [{ sql: index.definition, subject: index.name }]);
    if (failures.length === 0) made.set(index, estimateIndexSize(index));
  }
  return made;
}
