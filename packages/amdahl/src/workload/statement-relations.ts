import type { Node } from 'libpg-query';
import { findAll } from '../sql/ast.ts';

/** A table or the like as a statement names it. */
export interface RelationName {
  readonly schemaname?: string;
  readonly relname?: string;
}

/**
 * Everything a statement names as a table, those of subqueries too. INSERT, UPDATE and DELETE hold
 * their target without the wrapper other nodes have.
 */
export function relationsOf(node: Node): readonly RelationName[] {
  const bodies = Object.values(node as unknown as Record<string, { relation?: RelationName }>);
  return [
    ...bodies.flatMap(({ relation }) => relation ?? []),
    ...findAll([node], 'RangeVar', { intoSubqueries: true }),
  ];
}
