import type { Artifacts } from '../artifacts/artifacts.ts';
import { runExperiments, type ExperimentOptions } from '../lab/experiments/run-experiments.ts';
import type { StatementUsage } from '../lab/experiments/lab-statement.ts';
import { costOf } from '../sql/read-plan.ts';
import { readCatalog } from '../sql/read-catalog.ts';
import type { ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { planStatements } from '../workload/plan-statements.ts';
import { fillParameters } from '../workload/sample-parameters.ts';
import type { Workload } from '../workload/workload.ts';
import { calibrate } from './calibrate.ts';

/** What audits judge a workload by. Steps that failed or were not reached are missing. */
export interface Evidence extends Partial<Pick<Artifacts, 'catalog' | 'plans' | 'experiments'>> {
  /** With parameters filled in and, where nobody timed them, times estimated. */
  readonly workload: Workload;
  readonly warnings: readonly string[];
  /** What ended the gathering early; null when nothing did. */
  readonly failure: unknown;
}

export interface EvidenceOptions {
  readonly signal: AbortSignal;
  /** Says what it is at. */
  readonly phase: (label: string) => void;
  readonly status: (text: string) => void;
  /** What all new indexes together may take. */
  readonly limits: NonNullable<ExperimentOptions['limits']>;
  /** Whether SELECT statements may be executed on the target, read only. */
  readonly analyze: boolean;
}

/**
 * Reads the catalog, plans every statement on the target, and tries in the lab what could help. Each
 * step builds on the one before; what a failing one leaves is answered with, so that an interrupt or
 * a lost connection costs only what was still to come.
 */
export async function gatherEvidence(
  read: Workload,
  database: ReadOnlyDatabase,
  { signal, phase, status, limits, analyze }: EvidenceOptions,
): Promise<Evidence> {
  let evidence: Evidence = { workload: read, warnings: [], failure: null };
  try {
    phase('reading the database catalog');
    const catalog = await readCatalog(database, {
      statements: read.statements.map(({ exampleText }) => exampleText),
    });
    const filled = fillParameters(read, catalog);
    evidence = { ...evidence, workload: filled, catalog };
    phase('planning the statements');
    const plans = await planStatements(database, filled, { signal, report: status });
    evidence = { ...evidence, plans };
    const timed = await timeByCost(evidence, plans, phase, signal);
    evidence = { ...evidence, ...timed };
    phase('trying indexes and rewrites in the database lab');
    const experiments = await runExperiments({
      catalog,
      plans,
      usage: usageOf(timed.workload),
      limits,
      target: analyze ? database : null,
      report: status,
      signal,
    });
    return { ...evidence, experiments };
  } catch (failure) {
    return { ...evidence, failure };
  }
}

/** Gives statements that nobody timed the time their cost takes on this machine. */
async function timeByCost(
  { workload, warnings }: Evidence,
  { plans }: Artifacts['plans'],
  phase: (label: string) => void,
  signal: AbortSignal,
): Promise<Pick<Evidence, 'workload' | 'warnings'>> {
  if (workload.statements.every(({ meanMs }) => meanMs !== null)) return { workload, warnings };
  phase('calibrating cost to milliseconds');
  const msPerCost = await calibrate(signal);
  const costs = new Map(plans.map(({ text, plan }) => [text, plan === null ? null : costOf(plan)]));
  const untimed = workload.statements.filter(({ meanMs }) => meanMs === null).length;
  return {
    workload: {
      ...workload,
      statements: workload.statements.map((statement) => {
        const cost = costs.get(statement.text) ?? null;
        if (statement.meanMs !== null || cost === null) return statement;
        return { ...statement, meanMs: cost * msPerCost };
      }),
    },
    warnings: [
      ...warnings,
      `Nothing timed ${untimed} of ${workload.statements.length} statements: their milliseconds are planner cost times ${(msPerCost * 1_000).toPrecision(2)} µs, calibrated on this machine with warm data.`,
    ],
  };
}

function usageOf({ statements }: Workload): ReadonlyMap<string, StatementUsage> {
  return new Map(
    statements.map(({ text, calls, meanMs }) => [text, { calls: calls ?? 1, meanMs }]),
  );
}
