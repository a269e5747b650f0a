import type { Node } from 'libpg-query';
import { as, findAll, highestParameter } from '../../sql/ast.ts';
import { parseStatement } from '../../sql/parser.ts';
import type { Schema } from '../../sql/schema.ts';
import { comparisonsIn } from './compared-columns.ts';
import type { LabStatement } from './lab-statement.ts';
import type { SampleDatabase } from './sample-database.ts';

/** Lists of parameters tried beside the one that was seen. */
const drawnLists = 8;
/** For a LIMIT or OFFSET nobody saw. */
const usualLimit = 10;

/**
 * Parameters to run a statement with on a sample: those that were seen, and lists drawn from the
 * values that stand in the columns they are compared with. Empty when a parameter is compared with
 * no column and was not seen.
 */
export async function parameterLists(
  { explainedText, parameters }: Pick<LabStatement, 'explainedText' | 'parameters'>,
  sample: SampleDatabase,
  schema: Schema,
): Promise<readonly (readonly unknown[])[]> {
  const { node } = parseStatement(explainedText);
  if (node === null) return [];
  const count = highestParameter(node);
  if (count === 0) return [[]];
  const seen = parameters.length >= count ? [parameters] : [];
  const limits = limitsOf(node);
  const { compared } = comparisonsIn(node, schema);
  const choices: (readonly unknown[])[] = [];
  for (let number = 1; number <= count; number += 1) {
    const by = compared.find((each) => each.parameters.includes(number));
    const known = parameters[number - 1];
    if (by !== undefined && !Array.isArray(known)) {
      const values = await sample.values(by.table, by.column);
      choices.push(values.length > 0 ? values : [known]);
    } else if (known !== undefined) choices.push([known]);
    else if (limits.has(number)) choices.push([usualLimit]);
    else return seen;
  }
  const drawn = Array.from({ length: drawnLists }, (_, list) =>
    // Strides that differ, so that not always the same values meet.
    choices.map((values, place) => values[(list * (2 * place + 1)) % values.length]),
  );
  const all = new Map([...seen, ...drawn].map((list) => [JSON.stringify(list), list]));
  return [...all.values()];
}

function limitsOf(node: Node): ReadonlySet<number> {
  const selects = findAll([node], 'SelectStmt', { intoSubqueries: true });
  const limits = selects.flatMap(({ limitCount, limitOffset }) => [limitCount, limitOffset]);
  return new Set(limits.map((limit) => as(limit, 'ParamRef')?.number ?? 0));
}
