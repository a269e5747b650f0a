import type { Node } from 'libpg-query';
import type { CatalogColumn, CatalogTable } from '../artifacts/catalog.ts';
import { nameParts } from './ast.ts';

/** A table as it stands in FROM. */
export interface Relation {
  readonly alias: string;
  readonly table: CatalogTable;
  /** Columns the block reads of it; `all` for `*` and whole-row references. */
  readonly columnsRead: ReadonlySet<string> | 'all';
}

/** Names visible to an expression: the block's tables, then those of the blocks around it. */
export interface Scope {
  readonly relations: readonly Relation[];
  readonly outer: Scope | null;
}

export interface ResolvedColumn {
  readonly relation: Relation;
  readonly column: CatalogColumn;
  /** Whether the table belongs to the innermost block. */
  readonly local: boolean;
}

/** Finds the table a column reference means, innermost block first. */
export function resolveColumn(fields: readonly Node[], scope: Scope | null): ResolvedColumn | null {
  const parts = nameParts(fields);
  const name = parts.at(-1);
  const qualifier = parts.at(-2);
  for (let at = scope; at !== null; at = at.outer) {
    for (const relation of at.relations) {
      if (qualifier !== undefined && qualifier !== relation.alias) continue;
      const column = relation.table.columns.find((candidate) => candidate.name === name);
      if (column !== undefined) return { relation, column, local: at === scope };
    }
  }
  return null;
}
