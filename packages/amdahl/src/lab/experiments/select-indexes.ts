import type { CatalogIndex } from '../../artifacts/catalog.ts';
import type {
  ExperimentEffect,
  IndexSelection,
  SelectedIndex,
  StandingIndex,
} from '../../artifacts/experiments.ts';
import { indexKind, type LabIndex } from '../../sql/index-definition.ts';
import { costOf } from '../../sql/read-plan.ts';
import type { Schema } from '../../sql/schema.ts';
import { qualifiedName } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { effectOf, type LabStatement } from './lab-statement.ts';
import { planCache, type PlanCache } from './plan-cache.ts';
import { searchIndexes, type SearchLimits } from './search-indexes.ts';
import { poseSelection, type SelectionProblem } from './selection-problem.ts';
import { weigh } from './weighed-set.ts';
import { nominalMsPerCost } from './weigh-statements.ts';

export interface SelectionOptions extends SearchLimits {
  readonly schema: Schema;
  /** Milliseconds per unit of planner cost, null when no statement was timed. @default null */
  readonly msPerCost?: number | null;
  /** Plans made so far with the same lab. */
  readonly cache?: PlanCache;
  /** Statements whose writes keep the indexes up, where those are more. @default the statements */
  readonly writers?: readonly LabStatement[];
  /** Candidates of the lab that are not offered. */
  readonly without?: (index: LabIndex) => boolean;
}

/**
 * Selects, among the candidates built into the lab, indexes for the workload as a whole. Each set
 * that is weighed is really planned.
 */
export async function selectIndexes(
  lab: HollowLab,
  statements: readonly LabStatement[],
  options: SelectionOptions,
): Promise<IndexSelection> {
  const { schema, msPerCost = null, writers, without } = options;
  const cache = options.cache ?? planCache(lab, schema.catalog.serverVersionNumber);
  const problem = await poseSelection(lab, cache, statements, {
    schema,
    msPerCost,
    ...(writers === undefined ? {} : { writers }),
    ...(without === undefined ? {} : { without }),
    ...(options.maxSizeBytes === undefined ? {} : { maxSizeBytes: options.maxSizeBytes }),
  });
  const { chosen, complete } = await searchIndexes(problem, cache, options);
  const all = new Set(chosen);
  const indexes: SelectedIndex[] = [];
  for (const index of chosen) indexes.push(await selected(lab, index, all, problem, cache));
  const { costs } = await weigh(problem, all);
  const total = (cost: (one: SelectionProblem['statements'][number]) => number): number =>
    problem.statements.reduce((sum, one) => sum + one.weight * cost(one), 0);
  return {
    indexes: indexes.toSorted((a, b) => b.savedMs - b.overheadMs - (a.savedMs - a.overheadMs)),
    costBefore: total(({ cost }) => cost),
    costAfter: total((one) => costs.get(one) ?? one.cost),
    sizeBytes: indexes.reduce((sum, index) => sum + index.estimatedSizeBytes, 0),
    msPerCost: msPerCost ?? nominalMsPerCost,
    timed: msPerCost !== null,
    complete,
    plans: cache.made,
  };
}

/** What one index of the selection does beside the others. */
async function selected(
  lab: HollowLab,
  index: LabIndex,
  all: ReadonlySet<LabIndex>,
  problem: SelectionProblem,
  cache: PlanCache,
): Promise<SelectedIndex> {
  const others = new Set([...all].filter((other) => other !== index));
  const effects: ExperimentEffect[] = [];
  const asked = new Set<string | undefined>();
  let savedMs = 0;
  for (const { statement, msPerCost } of problem.statements) {
    if (!cache.couldUse(statement, index)) continue;
    const before = await cache.plan(statement, others);
    const after = await cache.plan(statement, all);
    if (before === null || after === null || costOf(after) >= costOf(before)) continue;
    effects.push(effectOf(statement.text, before, after));
    asked.add(statement.asksFor);
    savedMs += msPerCost * (costOf(before) - costOf(after));
  }
  const size = lab.candidates.get(index);
  return {
    table: qualifiedName(index.table.schema, index.table.name),
    definition: index.definition,
    // One made for keys alone says so: its statements name no column of the table.
    reason: (asked.size === 1 ? [...asked][0] : undefined) ?? index.reason,
    ...(index.rule === undefined ? {} : { rule: index.rule }),
    ...(index.requires === undefined ? {} : { requires: index.requires }),
    ...(index.beside === undefined ? {} : { beside: standing(index.beside) }),
    kind: indexKind(index),
    estimatedPages: size?.pages ?? 0,
    estimatedSizeBytes: size?.sizeBytes ?? 0,
    effects,
    savedMs,
    overheadMs: problem.overheadMs(index),
  };
}

function standing({ schema, name, sizeBytes }: CatalogIndex): StandingIndex {
  return { index: qualifiedName(schema, name), sizeBytes };
}
