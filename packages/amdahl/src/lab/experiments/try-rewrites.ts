import type { CatalogArtifact } from '../../artifacts/catalog.ts';
import type { RewriteExperiment } from '../../artifacts/experiments.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import { indexKind, type LabIndex } from '../../sql/index-definition.ts';
import type { RewrittenStatement } from '../../sql/lint/rewritten-statement.ts';
import type { ReadOnlyDatabase } from '../../sql/read-only-database.ts';
import { costOf, planShape } from '../../sql/read-plan.ts';
import { qualifiedName } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { effectOf, type LabStatement } from './lab-statement.ts';
import { proveRewrites, type ConfirmedRewrite } from './prove-rewrites.ts';

/** A statement cheaper than this is fast whichever way it is written (Dexter draws the line here). */
const leastCost = 100;
/** The rewrite must be this much cheaper: less is within what cost misjudges (what-if, 19 %). */
const leastCostSaving = 0.3;
/** A rewrite wants an index of its own only if that makes it this much cheaper still. */
const indexMustSave = 0.2;

/** Where rewrites are compared row for row. */
export interface RewriteEvidence {
  readonly catalog: CatalogArtifact;
  /** Null unless statements may be run there. */
  readonly target: ReadOnlyDatabase | null;
}

/** What indexes may take. */
export interface IndexRoom {
  readonly sizeBytes: number;
  readonly count: number;
}

/**
 * Plans the rewrites of every statement that the lab plans as the target does. Those that change the
 * plan and save enough are then compared with the original row for row.
 *
 * @param room what is left of the budget for indexes; null for no limit
 */
export async function tryRewrites(
  lab: HollowLab,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
  signal: AbortSignal,
  evidence: RewriteEvidence,
  room: IndexRoom | null = null,
): Promise<readonly RewriteExperiment[]> {
  const wanted = new Set<LabIndex>();
  const fits = (index: LabIndex): boolean => {
    const all = [...new Set([...wanted, index])];
    const bytes = all.reduce((sum, each) => sum + (lab.candidates.get(each)?.sizeBytes ?? 0), 0);
    return room === null || (bytes <= room.sizeBytes && all.length <= room.count);
  };
  const confirmed: ConfirmedRewrite[] = [];
  for (const [statement, plan] of baseline) {
    if (costOf(plan) < leastCost) continue;
    for (const rewrite of statement.rewrites) {
      signal.throwIfAborted();
      const found = await confirm(lab, statement, rewrite, plan, fits);
      for (const { index } of found) if (index !== null) wanted.add(index);
      confirmed.push(...found);
    }
  }
  if (confirmed.length === 0) return [];
  const proven = await proveRewrites(lab, confirmed, signal, evidence);
  return proven.map(({ statement, rewrite, plan, index, before, sameRows, proof }) => ({
    text: statement.text,
    rule: rewrite.rule,
    originalText: rewrite.originalText,
    rewrittenText: rewrite.text,
    reason: rewrite.why,
    sameRows,
    proof,
    preconditions: rewrite.preconditions,
    advice: rewrite.advice,
    withIndex: index?.definition ?? null,
    ...(index === null ? {} : { indexToBuild: buildOf(index, lab) }),
    effect: effectOf(statement.text, before, plan),
  }));
}

function buildOf(index: LabIndex, lab: HollowLab): NonNullable<RewriteExperiment['indexToBuild']> {
  return {
    table: qualifiedName(index.table.schema, index.table.name),
    kind: indexKind(index),
    estimatedSizeBytes: lab.candidates.get(index)?.sizeBytes ?? 0,
  };
}

interface Variant {
  readonly plan: PlanNode;
  readonly index: LabIndex | null;
}

/**
 * Plans the rewrite as things are, and with each index that could serve it. An index that helps the
 * original as much is a reason for the index, not for the rewrite.
 */
async function confirm(
  lab: HollowLab,
  statement: LabStatement,
  rewrite: RewrittenStatement,
  before: PlanNode,
  fits: (index: LabIndex) => boolean,
): Promise<readonly ConfirmedRewrite[]> {
  const { explainedText } = statement;
  const parameters = rewrite.keyset?.parameters ?? statement.parameters;
  let best: Variant;
  try {
    best = { plan: await planOf(lab, rewrite.text, parameters), index: null };
  } catch {
    // One parameter used as two types, say: then there is no such rewrite.
    return [];
  }
  let original = before;
  const alone = costOf(best.plan);
  for (const index of lab.candidates.keys()) {
    if (!rewrite.candidates.has(index.definition) || !fits(index)) continue;
    try {
      const plan = await planOf(lab, rewrite.text, parameters, index);
      const enough = best.index === null ? alone * (1 - indexMustSave) : costOf(best.plan);
      if (costOf(plan) >= enough) continue;
      original = await planOf(lab, explainedText, statement.parameters, index);
      best = { plan, index };
    } catch {
      // What cannot be planned with an index is judged as things are.
      break;
    }
  }
  const { plan, index } = best;
  const changes = planShape(plan) !== planShape(before);
  const ceiling = (1 - leastCostSaving) * Math.min(costOf(before), costOf(original));
  if (!changes || costOf(plan) > ceiling) return [];
  return [{ statement, rewrite, before, plan, index }];
}

function planOf(
  lab: HollowLab,
  text: string,
  parameters: readonly unknown[],
  index?: LabIndex,
): Promise<PlanNode> {
  return index === undefined
    ? lab.explain(text, parameters)
    : lab.explainWith([index], text, parameters);
}
