import type { Node } from 'libpg-query';
import { findAll, walk } from './ast.ts';

/** A table or the like as a statement names it. */
export interface RelationName {
  readonly schemaname?: string;
  readonly relname?: string;
}

interface Body {
  readonly relation?: RelationName;
}

/**
 * Everything a statement names as a table, those of subqueries too. INSERT, UPDATE, DELETE and MERGE
 * hold their target without the wrapper other nodes have, also within a WITH.
 */
export function relationsOf(node: Node): readonly RelationName[] {
  const targets: RelationName[] = [];
  walk(node, (each) => {
    for (const { relation } of Object.values(each as unknown as Record<string, Body>)) {
      if (relation?.relname !== undefined) targets.push(relation);
    }
  });
  return [...targets, ...findAll([node], 'RangeVar', { intoSubqueries: true })];
}
