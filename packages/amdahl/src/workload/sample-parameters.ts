import type { CatalogArtifact } from '../artifacts/catalog.ts';
import { highestParameter } from '../sql/ast.ts';
import { parseStatement } from '../sql/parser.ts';
import { schemaOf, type Schema } from '../sql/schema.ts';
import { tablesOf } from '../sql/tables-of.ts';
import { counted } from '../wording.ts';
import { indexedConstants } from './parameters/indexed-constants.ts';
import { parameterRoles } from './parameters/parameter-roles.ts';
import { listCount, valueFor } from './parameters/parameter-values.ts';
import type { Workload, WorkloadStatement } from './workload.ts';

/**
 * Gives statements whose values nobody saw values of the columns they are compared with, a few lists
 * each, drawn from the statistics. A plan for values that could be real is worth more than the
 * generic one: with 313 failed orders among millions, `status = $1` is planned for a quarter of a
 * million rows generically, for 313 with the value. NULL is never drawn, since nothing equals it.
 *
 * Constants of partial indexes that were made for the statement are known (indexed-constants.ts).
 * Where a parameter decides about rows and no column tells its values, the statement stays without.
 * The same workload and catalog give the same values.
 */
export function fillParameters(workload: Workload, catalog: CatalogArtifact): Workload {
  const schema = schemaOf(catalog);
  let filled = 0;
  let generic = 0;
  const statements = workload.statements.map((statement) => {
    if (!wantsValues(statement)) return statement;
    const parameterLists = listsFor(statement, schema);
    if (parameterLists.length === 0) generic += 1;
    else filled += 1;
    return { ...statement, parameterLists };
  });
  return {
    ...workload,
    statements,
    warnings: [...workload.warnings, ...warningsOf(filled, generic)],
  };
}

function wantsValues({ exampleText, parameterLists }: WorkloadStatement): boolean {
  const { node } = parseStatement(exampleText);
  return parameterLists.length === 0 && node !== null && highestParameter(node) > 0;
}

function listsFor(
  { exampleText }: WorkloadStatement,
  schema: Schema,
): readonly (readonly string[])[] {
  const { node } = parseStatement(exampleText);
  if (node === null) return [];
  const roles = parameterRoles(node, schema);
  const constants = indexedConstants(node, tablesOf(exampleText, schema), schema);
  const lists = Array.from({ length: listCount }, (_, list) =>
    Array.from({ length: highestParameter(node) }, (__, index) => {
      const role = roles.get(index + 1);
      return constants.get(index + 1) ?? (role === undefined ? undefined : valueFor(role, list));
    }),
  );
  const complete = lists.filter((list): list is string[] => !list.includes(undefined));
  return [...new Map(complete.map((list) => [JSON.stringify(list), list])).values()];
}

function warningsOf(filled: number, generic: number): readonly string[] {
  const warnings: string[] = [];
  if (filled > 0) {
    warnings.push(
      `The source keeps no values for ${counted(filled, 'statement')}: they were planned with values drawn from the statistics of the columns.`,
    );
  }
  if (generic > 0) {
    warnings.push(
      `For ${counted(generic, 'statement')} neither the source nor statistics have values: they were planned for any values, which can differ from what really happens.`,
    );
  }
  return warnings;
}
