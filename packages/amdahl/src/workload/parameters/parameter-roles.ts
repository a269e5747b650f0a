import type { A_Expr, InsertStmt, MergeStmt, Node, SelectStmt } from 'libpg-query';
import type { CatalogColumn } from '../../artifacts/catalog.ts';
import { as, findAll, lastName, nameParts, walk } from '../../sql/ast.ts';
import type { Schema } from '../../sql/schema.ts';
import { resolveColumn, type Relation } from '../../sql/scope.ts';
import { shapeOf } from '../../sql/statement-shape.ts';

/** What a statement does with one of its parameters, so far as that tells which values it takes. */
export type ParameterRole =
  /** Equal to a value of the column; `nth` tells members of one list apart. */
  | { readonly use: 'value'; readonly column: CatalogColumn; readonly nth: number }
  /** An array of values of the column: `= ANY($1)`. */
  | { readonly use: 'values'; readonly column: CatalogColumn }
  /** Bounds of a range; `both` when the column has a lower and an upper one. */
  | {
      readonly use: 'least' | 'most';
      readonly column: CatalogColumn;
      readonly key: string;
      readonly both: boolean;
    }
  /** A pattern of LIKE (`start`), of ILIKE (`anywhere`), or what a pattern is put together from. */
  | {
      readonly use: 'start' | 'anywhere' | 'fragment';
      readonly column: CatalogColumn;
    }
  /** Written into the column: the plan does not depend on it. */
  | { readonly use: 'written'; readonly column: CatalogColumn; readonly nth: number }
  | { readonly use: 'limit' | 'offset' | 'interval' | 'unit' }
  /** In the select list and the like, where hardly any plan depends on it. */
  | { readonly use: 'any' };

/** The roles of a statement's parameters, by number. Those in conditions nobody understands are missing. */
export function parameterRoles(node: Node, schema: Schema): ReadonlyMap<number, ParameterRole> {
  const reader = new RoleReader(relationsOf(node, schema));
  reader.read(node, schema);
  return reader.roles();
}

function relationsOf(node: Node, schema: Schema): readonly Relation[] {
  return shapeOf(node, schema)?.blocks.flatMap(({ relations }) => relations) ?? [];
}

class RoleReader {
  readonly #relations: readonly Relation[];
  readonly #roles = new Map<number, ParameterRole>();
  /** Parameters that decide which rows come: without a role there is no saying what they are. */
  readonly #deciding = new Set<number>();
  readonly #all = new Set<number>();

  constructor(relations: readonly Relation[]) {
    this.#relations = relations;
  }

  roles(): ReadonlyMap<number, ParameterRole> {
    const roles = new Map(this.#roles);
    for (const number of this.#all) {
      if (!roles.has(number) && !this.#deciding.has(number)) roles.set(number, { use: 'any' });
    }
    return withBothBounds(roles);
  }

  read(statement: Node, schema: Schema): void {
    walk([statement], (node) => {
      const comparison = as(node, 'A_Expr');
      if (comparison !== null) this.#comparison(comparison);
      const cast = as(node, 'TypeCast');
      if (cast !== null && lastName(cast.typeName?.names) === 'interval') {
        this.#give(parameterOf(cast.arg), { use: 'interval' });
      }
      const call = as(node, 'FuncCall');
      if (call !== null && /^(?:date_trunc|date_part|extract)$/.test(lastName(call.funcname))) {
        this.#give(parameterOf(call.args?.[0]), { use: 'unit' });
      }
      const select = as(node, 'SelectStmt');
      if (select !== null) this.#limits(select);
      const insert = as(node, 'InsertStmt');
      if (insert !== null) this.#insert(insert, schema);
      const update = as(node, 'UpdateStmt');
      if (update !== null) this.#assignments(update.targetList, tableOf(update.relation, schema));
      const merge = as(node, 'MergeStmt');
      if (merge !== null) this.#merge(merge, schema);
      for (const condition of conditionsIn(node)) this.#decide(condition);
      const parameter = as(node, 'ParamRef')?.number;
      if (parameter !== undefined) this.#all.add(parameter);
    });
  }

  /** The first role of a parameter stays: `$1::text IS NULL OR status = $1` has but one. */
  #give(number: number | null, role: ParameterRole): void {
    if (number !== null && !this.#roles.has(number)) this.#roles.set(number, role);
  }

  #decide(condition: Node): void {
    for (const { number } of findAll([condition], 'ParamRef', { intoSubqueries: true })) {
      if (number !== undefined) this.#deciding.add(number);
    }
  }

  #limits(select: SelectStmt): void {
    // A set operation holds its arms without the wrapper other nodes have.
    for (const each of [select, select.larg, select.rarg]) {
      this.#give(parameterOf(each?.limitCount), { use: 'limit' });
      this.#give(parameterOf(each?.limitOffset), { use: 'offset' });
    }
  }

  #insert(insert: InsertStmt, schema: Schema): void {
    const table = tableOf(insert.relation, schema);
    if (table === null) return;
    const rows = as(insert.selectStmt, 'SelectStmt')?.valuesLists ?? [];
    for (const [nth, row] of rows.entries()) {
      this.#written(table, insert.cols, as(row, 'List')?.items, nth);
    }
    this.#assignments(insert.onConflictClause?.targetList, table);
  }

  /** A row that is inserted. @param targets the columns it has; none for all, in their order */
  #written(
    table: Relation['table'],
    targets: readonly Node[] = [],
    values: readonly Node[] = [],
    nth: number,
  ): void {
    const named = targets.map((node) => as(node, 'ResTarget')?.name);
    const names = named.length > 0 ? named : table.columns.map(({ name }) => name);
    for (const [position, item] of values.entries()) {
      const column = table.columns.find(({ name }) => name === names[position]);
      if (column !== undefined) this.#give(parameterOf(item), { use: 'written', column, nth });
    }
  }

  #merge({ relation, mergeWhenClauses = [] }: MergeStmt, schema: Schema): void {
    const table = tableOf(relation, schema);
    for (const clause of mergeWhenClauses) {
      const { commandType, targetList, values } = as(clause, 'MergeWhenClause') ?? {};
      if (commandType === 'CMD_UPDATE') this.#assignments(targetList, table);
      else if (table !== null) this.#written(table, targetList, values, 0);
    }
  }

  #assignments(targets: readonly Node[] | undefined, table: Relation['table'] | null): void {
    for (const target of targets ?? []) {
      const assignment = as(target, 'ResTarget');
      const column = table?.columns.find(({ name }) => name === assignment?.name);
      if (column !== undefined) {
        this.#give(parameterOf(assignment?.val), { use: 'written', column, nth: 0 });
      }
    }
  }

  #comparison(comparison: A_Expr): void {
    const { lexpr, rexpr } = comparison;
    const left = as(lexpr, 'RowExpr')?.args;
    const right = as(rexpr, 'RowExpr')?.args;
    if (left !== undefined && right !== undefined) {
      for (const [index, item] of left.entries()) this.#sides(comparison, item, right[index]);
      return;
    }
    this.#sides(comparison, lexpr, rexpr);
  }

  #sides(comparison: A_Expr, left: Node | undefined, right: Node | undefined): void {
    const column = this.#columnOf(left);
    if (column !== null) return this.#against(comparison, column, right, false);
    const other = this.#columnOf(right);
    if (other !== null) this.#against(comparison, other, left, true);
  }

  /** What is compared with a column. @param swapped whether the column stands on the right */
  #against(
    { kind, name }: A_Expr,
    { column, key }: { column: CatalogColumn; key: string },
    other: Node | undefined,
    swapped: boolean,
  ): void {
    const operator = lastName(name);
    const members = as(other, 'List')?.items;
    const [first, second] = members ?? [];
    switch (kind) {
      case 'AEXPR_IN':
        for (const [nth, member] of (members ?? []).entries()) {
          this.#give(parameterOf(member), { use: 'value', column, nth });
        }
        return;
      case 'AEXPR_BETWEEN':
        this.#give(parameterOf(first), { use: 'least', column, key, both: true });
        this.#give(parameterOf(second), { use: 'most', column, key, both: true });
        return;
      case 'AEXPR_LIKE':
      case 'AEXPR_ILIKE': {
        const use = kind === 'AEXPR_LIKE' ? 'start' : 'anywhere';
        if (parameterOf(other) !== null) this.#give(parameterOf(other), { use, column });
        else
          for (const { number } of findAll(other, 'ParamRef')) {
            this.#give(number ?? null, { use: 'fragment', column });
          }
        return;
      }
      case 'AEXPR_OP_ANY': {
        this.#give(parameterOf(other), { use: 'values', column });
        const elements = as(other, 'A_ArrayExpr')?.elements ?? [];
        for (const [nth, element] of elements.entries()) {
          this.#give(parameterOf(element), { use: 'value', column, nth });
        }
        return;
      }
      case 'AEXPR_OP':
      case 'AEXPR_DISTINCT':
      case 'AEXPR_NOT_DISTINCT': {
        const number = parameterOf(other);
        if (['=', '<>', '!='].includes(operator)) {
          this.#give(number, { use: 'value', column, nth: 0 });
        } else if (['<', '<=', '>', '>='].includes(operator)) {
          const use = operator.startsWith('>') === swapped ? 'most' : 'least';
          this.#give(number, { use, column, key, both: false });
        }
        return;
      }
      default:
    }
  }

  /** The column an expression is about, when a value of the column is a value of the expression. */
  #columnOf(node: Node | undefined): { column: CatalogColumn; key: string } | null {
    const fields = as(withoutWrappers(node), 'ColumnRef')?.fields;
    if (fields === undefined) return null;
    const scope = { relations: this.#relations, outer: null };
    // What a subquery calls by a name is mostly the column of that name inside it.
    const found = resolveColumn(fields, scope) ?? resolveColumn(fields.slice(-1), scope);
    if (found === null) return null;
    return { column: found.column, key: nameParts(fields).join('.') };
  }
}

/** Casts, and functions that answer what could stand in the column too. */
function withoutWrappers(node: Node | undefined): Node | undefined {
  const cast = as(node, 'TypeCast');
  if (cast !== null) return withoutWrappers(cast.arg);
  const coalesce = as(node, 'CoalesceExpr');
  if (coalesce !== null) return withoutWrappers(coalesce.args?.[0]);
  const call = as(node, 'FuncCall');
  const name = lastName(call?.funcname);
  if (/^(?:lower|upper|trim|btrim|unaccent|date)$/.test(name))
    return withoutWrappers(call?.args?.[0]);
  return name === 'date_trunc' ? withoutWrappers(call?.args?.[1]) : node;
}

/** The number of a parameter that stands alone, but for casts and the like. */
function parameterOf(node: Node | undefined): number | null {
  return as(withoutWrappers(node), 'ParamRef')?.number ?? null;
}

/** What decides about rows at this node: WHERE, ON, and what a MERGE joins by. */
function conditionsIn(node: Node): readonly Node[] {
  const body = Object.values(node as unknown as Record<string, unknown>)[0];
  if (typeof body !== 'object' || body === null) return [];
  const { whereClause, quals, joinCondition, larg, rarg } = body as Partial<
    Record<string, Node | SelectStmt>
  >;
  const arms = [larg, rarg].map((arm) => (arm as SelectStmt | undefined)?.whereClause);
  return [...([whereClause, quals, joinCondition] as (Node | undefined)[]), ...arms].filter(
    (condition) => condition !== undefined,
  );
}

function tableOf(
  relation: { readonly schemaname?: string; readonly relname?: string } | undefined,
  schema: Schema,
): Relation['table'] | null {
  return schema.table(relation?.schemaname ?? null, relation?.relname ?? '');
}

/** A lower bound and an upper bound of one column belong together. */
function withBothBounds(
  roles: ReadonlyMap<number, ParameterRole>,
): ReadonlyMap<number, ParameterRole> {
  const keysOf = (use: 'least' | 'most'): ReadonlySet<string> =>
    new Set([...roles.values()].flatMap((role) => (role.use === use ? role.key : [])));
  const [lower, upper] = [keysOf('least'), keysOf('most')];
  return new Map(
    [...roles].map(([number, role]) => [
      number,
      'key' in role
        ? { ...role, both: role.both || (lower.has(role.key) && upper.has(role.key)) }
        : role,
    ]),
  );
}
