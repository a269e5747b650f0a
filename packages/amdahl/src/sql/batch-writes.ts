/** Statements that write one row at a time, turned into one that writes many. */
import type { Node } from 'libpg-query';
import { arrayTypeOf, untyped, type ColumnType } from './array-type.ts';
import { as, conjunctsOf, findAll, mapNodes, nameParts } from './ast.ts';
import { lookupsOf } from './batch.ts';
import { deparse, deparseExpression, parseExpression, parseStatement } from './parser.ts';
import { quoteIdentifier } from './schema.ts';

export interface BatchedWrite {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly table: string;
  readonly text: string;
  /** The parameters that take all the values, an array each. */
  readonly parameters: readonly number[];
}

type Examples = readonly (readonly unknown[])[];

/**
 * INSERT of one row becomes INSERT … SELECT FROM unnest, UPDATE by a key UPDATE … FROM unnest, DELETE
 * by a key DELETE … = ANY. Parameters that were the same each time stay as they are; ON CONFLICT and
 * RETURNING are kept. Null for what already writes many rows, or writes what it reads elsewhere.
 */
export function batchWrite(
  text: string,
  examples: Examples,
  typeOf: ColumnType = untyped,
): BatchedWrite | null {
  const { node } = parseStatement(text);
  if (node === null) return null;
  const batched =
    batchInsert(node, examples, typeOf) ??
    batchUpdate(node, examples, typeOf) ??
    batchDelete(node, examples);
  // What is written here is checked before it is shown.
  return batched !== null && parseStatement(batched.text).error === null ? batched : null;
}

/** Parameters in order whose values change; all of them when there are no two lists to compare. */
function varying(node: unknown, examples: Examples): readonly number[] {
  const numbers = findAll(node, 'ParamRef', { intoSubqueries: true }).map(
    ({ number = 0 }) => number,
  );
  const distinct = [...new Set(numbers)].sort((a, b) => a - b);
  if (examples.length < 2) return distinct;
  return distinct.filter(
    (number) => new Set(examples.map((list) => JSON.stringify(list[number - 1]))).size > 1,
  );
}

/** A name and a type for each parameter that becomes an array. */
interface Given {
  readonly parameter: number;
  readonly name: string;
  readonly type: string;
}

function unnestOf(given: readonly Given[]): string {
  const arrays = given.map(({ parameter, type }) => `$${parameter}::${type}`);
  const names = given.map(({ name }) => quoteIdentifier(name));
  return `unnest(${arrays.join(', ')}) AS given (${names.join(', ')})`;
}

/** Puts the column of `given` in the place of each parameter that became an array. */
function withGiven(node: Node, given: readonly Given[]): Node {
  return mapNodes(node, (each) => {
    const number = as(each, 'ParamRef')?.number;
    const found = given.find(({ parameter }) => parameter === number);
    return found === undefined ? null : parseExpression(`given.${quoteIdentifier(found.name)}`);
  });
}

function batchInsert(node: Node, examples: Examples, typeOf: ColumnType): BatchedWrite | null {
  const insert = as(node, 'InsertStmt');
  const lists = as(insert?.selectStmt, 'SelectStmt')?.valuesLists ?? [];
  const values = as(lists[0], 'List')?.items ?? [];
  const columns = (insert?.cols ?? []).map((column) => as(column, 'ResTarget')?.name ?? '');
  if (insert === null || lists.length !== 1 || columns.length !== values.length) return null;
  if (findAll(values, 'SubLink').length > 0) return null;
  const set = values
    .map((value, index) => ({ value, column: columns[index] as string }))
    // A default needs no mention, and SELECT has no word for it.
    .filter(({ value }) => as(value, 'SetToDefault') === null);
  const given = varying(values, examples).map((parameter): Given => {
    const column = set.find(({ value }) =>
      findAll([value], 'ParamRef').some(({ number }) => number === parameter),
    )?.column;
    const type = arrayTypeOf(column === undefined ? null : typeOf(column), examples, parameter);
    return { parameter, name: column ?? `value_${parameter}`, type };
  });
  if (given.length === 0 || new Set(given.map(({ name }) => name)).size < given.length) return null;
  const chosen = set.map(({ value }) => deparseExpression(withGiven(value, given)));
  const frame = parseStatement(`SELECT ${chosen.join(', ')} FROM ${unnestOf(given)}`).node;
  if (frame === null) return null;
  const kept = new Set(set.map(({ column }) => column));
  return {
    kind: 'insert',
    table: insert.relation?.relname ?? '',
    text: deparse({
      InsertStmt: {
        ...insert,
        cols: (insert.cols ?? []).filter((column) => kept.has(as(column, 'ResTarget')?.name ?? '')),
        selectStmt: frame,
      },
    }),
    parameters: given.map(({ parameter }) => parameter),
  };
}

function batchUpdate(node: Node, examples: Examples, typeOf: ColumnType): BatchedWrite | null {
  const update = as(node, 'UpdateStmt');
  const table = update?.relation?.relname ?? '';
  if (update === null || (update.fromClause ?? []).length > 0) return null;
  const keys = lookupsOf(conjunctsOf(update.whereClause), examples);
  if (keys.every(({ parameter }) => parameter === null)) return null;
  if (findAll([node], 'SubLink').length > 0) return null;
  const given = varying(node, examples).map((parameter): Given => {
    const key = keys.find((lookup) => lookup.parameter === parameter);
    const column = key?.column ?? targetOf(update.targetList ?? [], parameter);
    const type = arrayTypeOf(column === null ? null : typeOf(column), examples, parameter);
    // A column both in the table and given is told apart by its name.
    return { parameter, name: column ?? `value_${parameter}`, type };
  });
  if (given.length === 0 || new Set(given.map(({ name }) => name)).size < given.length) return null;
  const alias = update.relation?.alias?.aliasname ?? table;
  const qualified = (part: Node | undefined): Node | undefined =>
    part === undefined ? undefined : qualify(withGiven(part, given), alias);
  const frame = as(parseStatement(`SELECT 1 FROM ${unnestOf(given)}`).node, 'SelectStmt');
  const { whereClause, ...rest } = update;
  const where = qualified(whereClause);
  return {
    kind: 'update',
    table,
    text: deparse({
      UpdateStmt: {
        ...rest,
        targetList: (update.targetList ?? []).map((target) => {
          const assigned = as(target, 'ResTarget');
          const val = qualified(assigned?.val);
          return val === undefined ? target : { ResTarget: { ...assigned, val } };
        }),
        ...(update.returningClause === undefined
          ? {}
          : {
              returningClause: {
                ...update.returningClause,
                exprs: (update.returningClause.exprs ?? []).map((each) => qualify(each, alias)),
              },
            }),
        fromClause: frame?.fromClause ?? [],
        ...(where === undefined ? {} : { whereClause: where }),
      },
    }),
    parameters: given.map(({ parameter }) => parameter),
  };
}

/** The column a parameter is assigned to. */
function targetOf(targets: readonly Node[], parameter: number): string | null {
  for (const target of targets) {
    const assigned = as(target, 'ResTarget');
    const uses = findAll([assigned?.val], 'ParamRef').some(({ number }) => number === parameter);
    if (uses) return assigned?.name ?? null;
  }
  return null;
}

/** Names the table of every bare column, and of `*`: `given` has columns too. */
function qualify(node: Node, alias: string): Node {
  return mapNodes(node, (each) => {
    const reference = as(each, 'ColumnRef');
    const isBare = reference !== null && nameParts(reference.fields).length === 1;
    return isBare
      ? { ColumnRef: { fields: [{ String: { sval: alias } }, ...(reference.fields ?? [])] } }
      : null;
  });
}

function batchDelete(node: Node, examples: Examples): BatchedWrite | null {
  const removal = as(node, 'DeleteStmt');
  if (removal === null || (removal.usingClause ?? []).length > 0) return null;
  const keys = lookupsOf(conjunctsOf(removal.whereClause), examples);
  const [key] = keys;
  if (key === undefined || key.parameter === null || keys.length > 1) return null;
  const many = parseExpression(`${deparseExpression(key.reference)} = ANY ($${key.parameter})`);
  return {
    kind: 'delete',
    table: removal.relation?.relname ?? '',
    text: deparse(mapNodes(node, (each) => (each === key.condition ? many : null))),
    parameters: [key.parameter],
  };
}

/**
 * A row read by its key and then changed by the same key: the change with `RETURNING` what was read.
 * Null when the two are no such pair.
 */
export function readThenWrite(readText: string, writeText: string): string | null {
  const read = as(parseStatement(readText).node, 'SelectStmt');
  const write = parseStatement(writeText).node;
  const update = as(write, 'UpdateStmt');
  const from = read?.fromClause ?? [];
  const table = from.length === 1 ? as(from[0], 'RangeVar') : null;
  if (read === null || write === null || update === null || table === null) return null;
  if (table.relname !== update.relation?.relname || update.returningClause !== undefined)
    return null;
  const keysOf = (where: Node | undefined): string =>
    conjunctsOf(where)
      .flatMap((condition) => lookupsOf([condition], []).map(({ column }) => column))
      .sort()
      .join();
  const key = keysOf(read.whereClause);
  if (key === '' || key !== keysOf(update.whereClause) || read.groupClause !== undefined)
    return null;
  const isPlain = (read.targetList ?? []).every(
    (target) => as(as(target, 'ResTarget')?.val, 'ColumnRef') !== null,
  );
  if (!isPlain || (update.fromClause ?? []).length > 0) return null;
  const bare = (read.targetList ?? []).map((target) =>
    mapNodes(target, (each) => {
      const reference = as(each, 'ColumnRef');
      return reference === null
        ? null
        : { ColumnRef: { fields: [...(reference.fields ?? [])].slice(-1) } };
    }),
  );
  return deparse({ UpdateStmt: { ...update, returningClause: { exprs: bare } } });
}
