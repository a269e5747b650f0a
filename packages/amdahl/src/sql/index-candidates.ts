import { standingFor } from './index-candidates-standing.ts';
import { partialCandidates } from './index-candidates-partial.ts';
import { plainCandidates } from './index-candidates-plain.ts';
import { specialCandidates } from './index-candidates-special.ts';
import { defineIndex, type IndexProposal, type LabIndex } from './index-definition.ts';
import type { Schema } from './schema.ts';
import type { Relation } from './scope.ts';
import type { QueryBlock, StatementShape } from './statement-shape.ts';

/** The first are the most promising. */
const defaultPerRelation = 8;

export interface CandidateOptions {
  /** Plain candidates for one table in one query block. @default 8 */
  readonly perRelation?: number;
  /** Also those that an index of the table continues: they are smaller, no more. @default false */
  readonly narrower?: boolean;
}

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
  { perRelation = defaultPerRelation, narrower = false }: CandidateOptions = {},
): readonly LabIndex[] {
  const found = new Map<string, LabIndex>();
  const taken = new Set(schema.catalog.indexes.map((index) => index.name));
  for (const block of shape.blocks) {
    for (const relation of block.relations) {
      for (const proposal of candidatesFor(relation, block, schema, perRelation)) {
        const standing = standingFor(proposal, schema);
        if (standing.is === 'there' || (standing.is === 'wider' && !narrower)) continue;
        const beside = standing.is === 'wider' ? { beside: standing.index } : {};
        const candidate = defineIndex({ ...proposal, ...beside }, taken);
        found.set(candidate.definition, candidate);
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
