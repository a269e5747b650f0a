import type { CatalogIndex, CatalogTable } from '../../artifacts/catalog.ts';
import type { DropExperiment, ExperimentEffect } from '../../artifacts/experiments.ts';
import type { PlanNode } from '../../artifacts/plans.ts';
import { neededFor } from '../../sql/index-needs.ts';
import { costOf } from '../../sql/read-plan.ts';
import { qualifiedName, quoteTable, type Schema } from '../../sql/schema.ts';
import type { HollowLab } from '../hollow-lab.ts';
import { effectOf, type LabStatement } from './lab-statement.ts';
import { weighStatements, writesOfAll } from './weigh-statements.ts';
import { upkeepOf } from './write-overhead.ts';

/** A statement that becomes this much dearer misses the index; less is rounding. */
const leastLoss = 0.01;

export interface DropOptions {
  readonly schema: Schema;
  /** Milliseconds per unit of planner cost, null when no statement was timed. */
  readonly msPerCost: number | null;
  /** Statements whose writes keep the indexes up. */
  readonly writers: readonly LabStatement[];
  readonly signal: AbortSignal;
}

/**
 * Takes every index that nothing but plans needs out of the lab, one at a time, and plans the
 * statements on its table. The lab's tables are empty, so an index is really dropped there, inside a
 * transaction that is rolled back.
 */
export async function tryDrops(
  lab: HollowLab,
  baseline: ReadonlyMap<LabStatement, PlanNode>,
  { schema, msPerCost, writers, signal }: DropOptions,
): Promise<readonly DropExperiment[]> {
  const drops: DropExperiment[] = [];
  const writes = writesOfAll(writers);
  const costs = new Map([...baseline].map(([statement, plan]) => [statement, costOf(plan)]));
  const paces = new Map(
    weighStatements(costs, msPerCost).map((each) => [each.statement.text, each.msPerCost]),
  );
  for (const table of new Set([...baseline.keys()].flatMap(({ tables }) => tables))) {
    const indexes = schema
      .indexesOf(table)
      .filter((index) => neededFor(index, table, schema) === null);
    if (indexes.length === 0) continue;
    const missed = await missedBy(lab, table, indexes, baseline);
    for (const index of indexes) {
      signal.throwIfAborted();
      const effects = await effectsOf(lab, index, missed);
      const lost = (effect: ExperimentEffect): number =>
        (paces.get(effect.text) ?? 0) * (effect.costAfter - effect.costBefore);
      drops.push({
        index: qualifiedName(index.schema, index.name),
        effects,
        lostMs: effects.reduce((sum, effect) => sum + lost(effect), 0),
        upkeepMs: upkeepOf(index, table, writes, schema),
      });
    }
  }
  return drops;
}

/** The statements that miss any of the indexes when all are gone: only those are asked one by one. */
async function missedBy(
  lab: HollowLab,
  table: CatalogTable,
  indexes: readonly CatalogIndex[],
  baseline: ReadonlyMap<LabStatement, PlanNode>,
): Promise<ReadonlyMap<LabStatement, PlanNode>> {
  const missed = new Map<LabStatement, PlanNode>();
  for (const [statement, before] of baseline) {
    if (!statement.tables.includes(table)) continue;
    const after = await planWithout(lab, indexes, statement);
    if (after === null || misses(before, after)) missed.set(statement, before);
  }
  return missed;
}

async function effectsOf(
  lab: HollowLab,
  index: CatalogIndex,
  statements: ReadonlyMap<LabStatement, PlanNode>,
): Promise<readonly ExperimentEffect[]> {
  const effects: ExperimentEffect[] = [];
  for (const [statement, before] of statements) {
    const after = await planWithout(lab, [index], statement);
    if (after !== null && misses(before, after)) {
      effects.push(effectOf(statement.text, before, after));
    }
  }
  return effects;
}

function misses(before: PlanNode, after: PlanNode): boolean {
  return costOf(after) > costOf(before) * (1 + leastLoss);
}

/** Null when it cannot be planned so. */
async function planWithout(
  lab: HollowLab,
  indexes: readonly CatalogIndex[],
  { explainedText, parameters }: LabStatement,
): Promise<PlanNode | null> {
  await lab.query('BEGIN');
  try {
    await lab.query(`DROP INDEX IF EXISTS ${indexes.map(quoteTable).join(', ')}`);
    return await lab.explain(explainedText, parameters);
  } catch {
    return null;
  } finally {
    await lab.query('ROLLBACK');
  }
}
