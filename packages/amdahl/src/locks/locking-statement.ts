import { as, conjunctsOf, lastName, walk } from '../sql/ast.ts';
import { parseStatement } from '../sql/parser.ts';

interface RelationName {
  readonly relname?: string;
}

/**
 * Tables whose rows a statement locks: those it changes, and those a SELECT … FOR UPDATE (SHARE, …)
 * reads; without schema, as messages about locks name them.
 */
export function tablesLockedBy(text: string): readonly string[] {
  const { node } = parseStatement(text);
  const names = new Set<string>();
  const add = (relation: RelationName | undefined): void => {
    if (relation?.relname !== undefined) names.add(relation.relname);
  };
  walk(node, (part) => {
    add(as(part, 'UpdateStmt')?.relation);
    add(as(part, 'DeleteStmt')?.relation);
    add(as(part, 'InsertStmt')?.relation);
    add(as(part, 'MergeStmt')?.relation);
    const select = as(part, 'SelectStmt');
    if ((select?.lockingClause?.length ?? 0) > 0) {
      walk(select?.fromClause, (from) => add(as(from, 'RangeVar') ?? undefined));
    }
  });
  return [...names];
}

/** The column a statement finds its rows by, when it compares one for equality; null otherwise. */
export function keyColumnOf(text: string): string | null {
  let column: string | null = null;
  walk(parseStatement(text).node, (part) => {
    const where =
      as(part, 'UpdateStmt')?.whereClause ??
      as(part, 'DeleteStmt')?.whereClause ??
      as(part, 'SelectStmt')?.whereClause;
    for (const condition of conjunctsOf(where)) {
      const comparison = as(condition, 'A_Expr');
      const left = as(comparison?.lexpr, 'ColumnRef');
      if (left !== null && lastName(comparison?.name) === '=') column ??= lastName(left.fields);
    }
  });
  return column;
}

/** Tables a statement names at all, which it holds a lock on until its transaction ends. */
export function tablesNamedBy(text: string): readonly string[] {
  const names = new Set<string>();
  const { node } = parseStatement(text);
  walk(node, (part) => {
    const name = as(part, 'RangeVar')?.relname;
    if (name !== undefined) names.add(name);
  });
  return [...new Set([...names, ...tablesLockedBy(text)])];
}

/** Statements that read or change rows; all others take stronger locks on their tables. */
export function isDataStatement(text: string): boolean {
  const { node } = parseStatement(text);
  const kind = Object.keys(node ?? {})[0] ?? '';
  return ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(kind);
}

/** Takes what nobody else holds and leaves the rest: whoever does so waits for no one. */
export function skipsLocked(text: string): boolean {
  return /\bSKIP\s+LOCKED\b/i.test(text);
}

/** Takes a lock that stands for something outside the database, such as who leads. */
export function takesAdvisoryLock(text: string): boolean {
  return /\bpg_(try_)?advisory_(xact_)?lock(_shared)?\b/i.test(text);
}
