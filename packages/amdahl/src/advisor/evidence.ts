import type { Artifacts } from '../artifacts/artifacts.ts';
import { runExperiments, type ExperimentOptions } from '../lab/experiments/run-experiments.ts';
import type { StatementUsage } from '../lab/experiments/lab-statement.ts';
import { costOf } from '../sql/read-plan.ts';
import { readCatalog } from '../sql/read-catalog.ts';
import type { ReadOnlyDatabase } from '../sql/read-only-database.ts';
import type { ReplicaReading } from '../sql/read-replicas.ts';
import { planStatements } from '../workload/plan-statements.ts';
import { fillParameters } from '../workload/sample-parameters.ts';
import type { Workload } from '../workload/workload.ts';
import { executePlans } from '../workload/executed-plans.ts';
import { calibrate } from './calibrate.ts';
import { valueHider } from './hide-values.ts';

/** What audits judge a workload by. Steps that failed or were not reached are missing. */
export interface Evidence extends Partial<Pick<Artifacts, 'catalog' | 'plans' | 'experiments'>> {
  /** With parameters filled in and, where nobody timed them, times estimated. */
  readonly workload: Workload;
  readonly warnings: readonly string[];
  /** What ended the gathering early; null when nothing did. */
  readonly failure: unknown;
}

export interface EvidenceOptions {
  /** What its replicas counted. */
  readonly replicas: readonly ReplicaReading[];
  readonly signal: AbortSignal;
  /** Says what it is at. */
  readonly phase: (label: string) => void;
  readonly status: (text: string) => void;
  /** What all new indexes together may take. */
  readonly limits: NonNullable<ExperimentOptions['limits']>;
  /** Whether to hide the values of the data in all that is answered. */
  readonly mask: boolean;
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
  { replicas, signal, phase, status, limits, analyze, mask }: EvidenceOptions,
): Promise<Evidence> {
  let evidence: Evidence = { workload: read, warnings: [], failure: null };
  try {
    phase('reading the database catalog');
    const catalog = await readCatalog(database, {
      statements: read.statements.map(({ exampleText }) => exampleText),
      replicas,
    });
    const filled = fillParameters(read, catalog);
    const hider = mask ? valueHider(catalog) : null;
    const shown = (workload: Workload): Workload => hider?.workload(workload) ?? workload;
    const known = hider?.catalog ?? catalog;
    evidence = { ...evidence, workload: shown(filled), catalog: known };
    phase('planning the statements');
    const planned = await planStatements(database, filled, { signal, report: status });
    if (analyze) phase('executing the SELECT statements, read only');
    const executed = analyze
      ? await executePlans(database, planned, { signal, report: status })
      : planned;
    const plans = hider?.plans(executed) ?? executed;
    const timed = await timeByCost(evidence, plans, phase, signal);
    evidence = { ...evidence, ...timed, plans };
    phase('trying indexes and rewrites in the database lab');
    const experiments = await runExperiments({
      catalog: known,
      plans,
      usage: usageOf(timed.workload),
      limits,
      // Masked statements would be compared on real rows.
      target: analyze && !mask ? database : null,
      report: status,
      signal,
    });
    return { ...evidence, experiments: hider?.experiments(experiments) ?? experiments };
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
