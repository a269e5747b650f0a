import type { Node, SelectStmt } from 'libpg-query';
import { as, conjunctsOf, findAll, lastName } from '../../ast.ts';
import { allOf, exists, one } from '../build.ts';
import { columnAmong, commonTables, hasAggregate, sourcesOf, type Source } from '../from-clause.ts';
import type { Schema } from '../../schema.ts';
import { proposal, type LintRule } from '../rule.ts';

/**
 * A join multiplies the rows of one table by those of another that is only asked whether it has a
 * match, and DISTINCT throws the copies away again. `EXISTS` asks the same and stops at the first
 * match; DISTINCT goes too where the rows are told apart by a key.
 */
export const distinctFanOut: LintRule = {
  id: 'distinct-fan-out',
  audit: 'distinct-fan-out',
  propose: ({ statement, schema }) => {
    const select = as(statement, 'SelectStmt');
    if (select === null || !isDistinctJoin(select)) return null;
    const tables = joinedTables(select.fromClause ?? []);
    if (tables === null) return null;
    const sources = sourcesOf(
      tables.map(({ node }) => node),
      schema,
      commonTables(statement),
    );
    const used = usedBy([select.targetList, select.sortClause], sources);
    if (used === null || used.size !== 1) return null;
    const [kept] = used;
    const conditions = [
      ...conjunctsOf(select.whereClause),
      ...tables.flatMap(({ conditions: own }) => own),
    ];
    const parts = conditions.map((node) => ({ node, sources: usedBy([node], sources) }));
    if (parts.some((part) => part.sources === null || part.sources.size === 0)) return null;
    const own = parts.filter(
      (part) => part.sources?.size === 1 && part.sources.has(kept as Source),
    );
    const asked = parts.filter((part) => !own.includes(part));
    const keptNode = tables[sources.indexOf(kept as Source)]?.node;
    const others = tables.map(({ node }) => node).filter((node) => node !== keptNode);
    if (keptNode === undefined || others.length === 0 || asked.length === 0) return null;
    const inner = allOf(...asked.map(({ node }) => node));
    const { distinctClause, fromClause: _from, whereClause: _where, ...rest } = select;
    const match = exists({
      SelectStmt: {
        op: 'SETOP_NONE',
        limitOption: 'LIMIT_OPTION_DEFAULT',
        targetList: [one],
        fromClause: others,
        ...(inner === undefined ? {} : { whereClause: inner }),
      },
    });
    const whereClause = allOf(...own.map(({ node }) => node), match) as Node;
    const told = isToldApart(select, kept as Source, schema);
    const rewritten: Node = {
      SelectStmt: {
        ...rest,
        fromClause: [keptNode],
        whereClause,
        ...(told || distinctClause === undefined ? {} : { distinctClause }),
      },
    };
    return proposal(
      'distinct-fan-out',
      [statement],
      rewritten,
      `DISTINCT throws away copies that the join with ${others
        .map((node) => as(node, 'RangeVar')?.relname)
        .join(' and ')} makes`,
    );
  },
};

function isDistinctJoin(select: SelectStmt): boolean {
  const { distinctClause, groupClause, havingClause, windowClause, lockingClause, op } = select;
  // DISTINCT ON lists expressions here; plain DISTINCT is one empty node.
  const isPlain = distinctClause?.length === 1 && Object.keys(distinctClause[0] ?? {}).length === 0;
  const parts = [groupClause, havingClause, windowClause, lockingClause];
  return (
    isPlain &&
    (op ?? 'SETOP_NONE') === 'SETOP_NONE' &&
    parts.every((part) => part === undefined) &&
    !hasAggregate(select.targetList) &&
    findAll(select.targetList, 'SubLink').length === 0
  );
}

interface JoinedTable {
  readonly node: Node;
  readonly conditions: readonly Node[];
}

/** The tables of inner joins, each with the conditions of its join; null for any other FROM. */
function joinedTables(from: readonly Node[]): readonly JoinedTable[] | null {
  const tables: JoinedTable[] = [];
  for (const node of from) {
    const join = as(node, 'JoinExpr');
    if (join === null) {
      if (as(node, 'RangeVar') === null) return null;
      tables.push({ node, conditions: [] });
      continue;
    }
    const { larg, rarg, quals, usingClause, isNatural } = join;
    if (join.jointype !== 'JOIN_INNER' || usingClause !== undefined || isNatural === true)
      return null;
    if (larg === undefined || rarg === undefined) return null;
    const inside = joinedTables([larg, rarg]);
    if (inside === null) return null;
    tables.push(
      ...inside.map((each, index) =>
        index === inside.length - 1
          ? { ...each, conditions: [...each.conditions, ...conjunctsOf(quals)] }
          : each,
      ),
    );
  }
  return tables;
}

/** Sources whose columns these parts name; null when that cannot be told. */
function usedBy(parts: readonly unknown[], sources: readonly Source[]): Set<Source> | null {
  const used = new Set<Source>();
  if (findAll(parts, 'SubLink').length > 0) return null;
  for (const reference of findAll(parts, 'ColumnRef')) {
    const fields = reference.fields ?? [];
    if (lastName(fields) === '*') {
      const qualifier = fields.length > 1 ? lastName(fields.slice(0, -1)) : null;
      for (const source of sources) {
        if (qualifier === null || qualifier === source.alias) used.add(source);
      }
      continue;
    }
    const found = columnAmong(reference, sources);
    if (found === null) return null;
    used.add(found.source);
  }
  return used;
}

/** Whether the select list holds a whole key of the table. */
function isToldApart(
  { targetList }: SelectStmt,
  { table, alias }: Source,
  schema: Schema,
): boolean {
  if (table === null) return false;
  const references = (targetList ?? []).map((target) =>
    as(as(target, 'ResTarget')?.val, 'ColumnRef'),
  );
  const names = new Set(references.map((reference) => lastName(reference?.fields)));
  if (names.has('*')) return table.primaryKey.length > 0 && alias !== '';
  const keys = [
    table.primaryKey,
    ...schema
      .indexesOf(table)
      .filter(({ unique, predicate }) => unique && predicate === null)
      .map(({ keys: columns }) => columns),
  ];
  return keys.some(
    (key) =>
      key.length > 0 &&
      key.every((name) => names.has(name) && schema.column(table, name)?.notNull === true),
  );
}
