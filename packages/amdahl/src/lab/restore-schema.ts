import type { QueryFunction } from '../sql/explain.ts';
import { qualifiedName } from '../sql/schema.ts';
import { foreignDdl } from './foreign-ddl.ts';
import { foreignKeysDdl, indexesDdl } from './keys-ddl.ts';
import type { CompleteModel } from './lab-model.ts';
import { attempt, attemptRepeatedly, plannerRole } from './lab-session.ts';
import {
  extensionsDdl,
  functionsDdl,
  hierarchyDdl,
  schemasDdl,
  tablesDdl,
  typesDdl,
  viewsDdl,
  type Missing,
} from './schema-ddl.ts';

/** The two sessions a lab is built with. */
export interface LabQueries {
  /** As superuser. */
  readonly admin: QueryFunction;
  /** As the role that owns the tables and plans the statements. */
  readonly planner: QueryFunction;
}

/** Makes the modelled part of the target's schema; answers what could not be made, as sentences. */
export async function restoreSchema(
  { admin, planner }: LabQueries,
  model: CompleteModel,
): Promise<readonly string[]> {
  const { catalog, tables } = model;
  const types = typesDdl(catalog);
  // Bodies may name what does not exist here; they are looked at when they are called.
  await planner('SET check_function_bodies = off');
  const warnings = [
    ...(await attempt(planner, schemasDdl(model))),
    ...(await attempt(admin, extensionsDdl(catalog))),
    ...unmodelled(model),
  ];
  const early = await attemptRepeatedly(planner, [...types, ...functionsDdl(catalog)]);
  const { missing, sentences } = await whatIsMissing(planner, model);
  const foreign = foreignDdl(
    tables.filter(({ kind }) => kind === 'foreign'),
    missing,
    catalog.serverVersionNumber,
    plannerRole,
  );
  const local = tables.filter(({ kind }) => kind !== 'foreign');
  warnings.push(
    ...sentences,
    ...foreign.warnings,
    ...(await attempt(admin, foreign.servers)),
    ...(await attempt(planner, [
      ...tablesDdl(local, missing),
      ...foreign.tables,
      ...hierarchyDdl(tables),
    ])),
  );
  // Functions over rows of tables, which indexes may be built with; then those over rows of views.
  const late = await attemptRepeatedly(
    planner,
    early.map(({ step }) => step),
  );
  warnings.push(...(await attempt(planner, [...indexesDdl(model), ...foreignKeysDdl(model)])));
  const failures = await attemptRepeatedly(planner, [
    ...viewsDdl(model),
    ...late.map(({ step }) => step),
  ]);
  for (const { step, error } of failures) {
    // Types that matter were named with the columns that have them.
    if (!types.includes(step)) warnings.push(`The lab has not ${step.subject}: ${error.message}.`);
  }
  return warnings;
}

/** Columns whose type or collation the lab does not have. */
async function whatIsMissing(
  query: QueryFunction,
  { tables }: CompleteModel,
): Promise<{ readonly missing: Missing; readonly sentences: readonly string[] }> {
  const columns = tables.flatMap((table) =>
    table.columns.map((column) => ({
      ...column,
      name: `${qualifiedName(table.schema, table.name)}.${column.name}`,
    })),
  );
  const absent = async (names: readonly (string | undefined)[], find: string) => {
    const list = [...new Set(names.filter((name) => name !== undefined))];
    const rows = await query(
      `SELECT name FROM unnest($1::text[]) name WHERE ${find}(name) IS NULL`,
      [list],
    );
    return new Set(rows.map((row) => String(row['name'])));
  };
  const types = await absent(
    columns.map((column) => column.type),
    'to_regtype',
  );
  const collations = await absent(
    columns.map((column) => column.collation),
    'to_regcollation',
  );
  const having = (what: string, has: (column: (typeof columns)[number]) => boolean): string =>
    `${what}: ${columns
      .filter(has)
      .map(({ name }) => name)
      .join(', ')}`;
  return {
    missing: { types, collations },
    sentences: [
      ...[...types].map((type) =>
        having(
          `The lab has not the type ${type}; columns of that type are modelled as text`,
          (column) => column.type === type,
        ).concat('.'),
      ),
      ...[...collations].map((collation) =>
        having(
          `The lab has not the collation ${collation}; columns with it are compared by the default one`,
          (column) => column.collation === collation,
        ).concat('.'),
      ),
    ],
  };
}

/** What no DDL could make. */
function unmodelled({ catalog, tables }: CompleteModel): readonly string[] {
  return [
    ...(catalog.functions ?? [])
      .filter(({ definition }) => definition === null)
      .map(
        ({ schema, name, language }) =>
          `The lab has not the function ${qualifiedName(schema, name)}, an aggregate or written in ${language}.`,
      ),
    ...tables
      .filter(({ rowSecurity }) => rowSecurity)
      .map(
        ({ schema, name }) =>
          `The lab plans as for a role that the row-level security of ${qualifiedName(schema, name)} does not restrict.`,
      ),
  ];
}
