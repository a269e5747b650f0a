import { parseExpression } from './parser.ts';
import { partialCandidates } from './index-candidates-partial.ts';
import { plainCandidates } from './index-candidates-plain.ts';
import { specialCandidates } from './index-candidates-special.ts';
import { defineIndex, type IndexProposal, type LabIndex } from './index-definition.ts';
import type { Schema } from './schema.ts';
import type { Relation } from './scope.ts';
import type { QueryBlock, StatementShape } from './statement-shape.ts';

/** Plain candidates for one table in one query block; the first are the most promising. */
const defaultPerRelation = 8;

/**
 * Which indexes could help a statement, from the roles its columns play. A B-tree serves columns in
 * this order: those compared for equality, then those that sort, or one that is compared by range
 * (after a range the order is lost); columns only returned ride along as INCLUDE so that the table
 * need not be visited (M. Winand, "SQL Performance Explained", 2012, chapters 2, 5 and 6).
 * These are proposals: the lab builds each and asks the planner.
 */
export function indexCandidates(
  shape: StatementShape,
  schema: Schema,
  perRelation: number = defaultPerRelation,
): readonly LabIndex[] {
  const found = new Map<string, LabIndex>();
  const taken = new Set(schema.catalog.indexes.map((index) => index.name));
  for (const block of shape.blocks) {
    for (const relation of block.relations) {
      for (const proposal of candidatesFor(relation, block, schema, perRelation)) {
        const candidate = defineIndex(proposal, taken);
        if (!alreadyThere(candidate, schema)) found.set(candidate.definition, candidate);
      }
    }
  }
  return [...found.values()];
}

/** Of each condition that few rows satisfy. */
const perCondition = 3;

function candidatesFor(
  relation: Relation,
  block: QueryBlock,
  schema: Schema,
  perRelation: number,
): readonly IndexProposal[] {
  if (relation.table.kind === 'foreign') return [];
  return [
    ...plainCandidates(relation, block, schema).slice(0, perRelation),
    ...partialCandidates(relation, block, schema, perCondition),
    ...specialCandidates(relation, block, schema),
  ];
}

/** Whether a usable index already begins with the same keys in the same order. */
function alreadyThere(candidate: LabIndex, schema: Schema): boolean {
  return schema.indexesOf(candidate.table).some((index) => {
    if (index.method !== candidate.method) return false;
    if (conditionOf(index.predicate) !== conditionOf(candidate.predicate ?? null)) return false;
    if (
      candidate.keys.some((key) => key.descending !== undefined || key.operatorClass !== undefined)
    ) {
      return false;
    }
    const carried = new Set([...index.keys, ...index.include]);
    return (
      candidate.keys.every((key, at) => index.keys[at] === (key.column ?? key.expression)) &&
      candidate.include.every((column) => carried.has(column))
    );
  });
}

/** A condition without the casts and parentheses that PostgreSQL adds when it shows it. */
function conditionOf(predicate: string | null): string | null {
  if (predicate === null) return null;
  try {
    const text = JSON.stringify(parseExpression(predicate), (name, value: unknown) => {
      if (name === 'location') return undefined;
      const cast = (value as { TypeCast?: { arg?: unknown } } | null)?.TypeCast;
      return cast === undefined ? value : cast.arg;
    });
    return text;
  } catch {
    return predicate;
  }
}
