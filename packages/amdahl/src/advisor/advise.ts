import type { AuditOutcome } from '../audits/audit.ts';
import type { Finding } from '../audits/finding.ts';
import { findLocks } from '../locks/find-locks.ts';
import { lintText, type Dialect } from '../sql/lint/lint-text.ts';
import { openReadOnly } from '../sql/read-only-database.ts';
import { readReplicas } from '../sql/read-replicas.ts';
import { amdahlVersion } from '../version.ts';
import { usesOf } from '../workload/statement-uses.ts';
import type { Workload } from '../workload/workload.ts';
import {
  adviceSchemaVersion,
  type Advice,
  type PlacedRemark,
  type WorkloadSummary,
} from './advice.ts';
import { gatherEvidence, type EvidenceOptions } from './evidence.ts';
import { migrationOf } from './migration.ts';
import { rankAdvice } from './rank-advice.ts';
import { readWorkload, type ReadWorkload, type WorkloadSource } from './read-workload.ts';
import { runStatementAudits } from './run-statement-audits.ts';

export interface AdviseOptions extends Omit<EvidenceOptions, 'replicas'> {
  readonly sources: readonly WorkloadSource[];
  /** Connection string of the target; null to look at the texts alone. */
  readonly database: string | null;
  /** Connection strings of its standbys. */
  readonly replicas: readonly string[];
  readonly dialect: Dialect;
  readonly now: Date;
}

/** An answer, and what cut it short. */
export interface Advised {
  readonly advice: Advice;
  /** Null when it went to its end. */
  readonly failure: unknown;
}

/**
 * Reads a workload, looks at it with the target's own planner and in the lab, and ranks what would
 * make it cheaper. Nothing is written to the target. A failure after the workload was read, an
 * interrupt among them, leaves an answer of what was found until then.
 *
 * @throws AMDAHL_DATABASE_*, AMDAHL_WORKLOAD_*, AMDAHL_CLI_BAD_USAGE when the workload or a replica
 *   cannot be read
 */
export async function advise(options: AdviseOptions): Promise<Advised> {
  const { sources, database: url, replicas: urls, phase, status, signal } = options;
  phase('reading the statements');
  const database = url === null ? null : await openReadOnly(url);
  try {
    const replicas = database === null ? [] : await readReplicas(urls, database);
    const read = await readWorkload(sources, database, { signal, report: status });
    if (database === null) return { advice: onTextsAlone(read, options), failure: null };
    const evidence = await gatherEvidence(read.workload, database, { ...options, replicas });
    const { workload, catalog, failure } = evidence;
    const uses = usesOf(workload);
    const reason = failure === null ? 'no evidence' : messageOf(failure);
    const outcomes = runStatementAudits(uses, evidence, reason);
    const findings = [...outcomes.flatMap(findingsOf), ...findLocks(read.lockEvents, uses)];
    const calls = new Map(
      uses.flatMap((use) => use.routes.map(({ measured }) => [measured.route, measured.count])),
    );
    const { totalMs } = summaryOf(workload);
    const ranked = rankAdvice(findings, (route) => calls.get(route) ?? 1, totalMs);
    return {
      failure,
      advice: {
        ...frameOf(read.workload, options),
        database:
          catalog === undefined
            ? null
            : { name: catalog.database, serverVersion: catalog.serverVersion },
        interrupted: failure !== null,
        fidelity: evidence.experiments?.fidelity ?? null,
        warnings: [
          ...workload.warnings,
          ...evidence.warnings,
          ...(evidence.plans?.warnings ?? []),
          ...(catalog?.hidden ?? []),
          ...(evidence.experiments?.warnings ?? []),
        ],
        ...ranked,
        remarks: [],
        outcomes,
        migration: migrationOf(ranked.findings, catalog),
      },
    };
  } finally {
    await database?.close();
  }
}

/**
 * What the texts show by themselves; nothing is confirmed and nothing ranked. What PostgreSQL's
 * parser could not read may well be a statement of the other dialect.
 */
function onTextsAlone({ workload }: ReadWorkload, options: AdviseOptions): Advice {
  const { dialect } = options;
  const remarksOn = (text: string, origin: string | null): readonly PlacedRemark[] =>
    lintText(text, { dialect }).map((remark) => ({ ...remark, origin }));
  const foreign = dialect === 'postgresql' ? [] : workload.unread;
  const unread = dialect === 'postgresql' ? workload.unread : [];
  return {
    ...frameOf({ ...workload, unread }, options),
    database: null,
    interrupted: false,
    fidelity: null,
    warnings: workload.warnings,
    findings: [],
    negligible: 0,
    remarks: [
      ...workload.statements.flatMap(({ exampleText, origin }) => remarksOn(exampleText, origin)),
      ...foreign.flatMap(({ text, origin }) => remarksOn(text, origin ?? null)),
    ].sort(byOrigin),
    outcomes: [],
    migration: migrationOf([], undefined),
  };
}

/** As the files have them: line 9 before line 10. */
function byOrigin(a: PlacedRemark, b: PlacedRemark): number {
  return (a.origin ?? '').localeCompare(b.origin ?? '', 'en', { numeric: true });
}

function frameOf(
  workload: Workload,
  { now }: AdviseOptions,
): Pick<Advice, 'schemaVersion' | 'amdahlVersion' | 'advisedAt' | 'workload' | 'sources'> {
  return {
    schemaVersion: adviceSchemaVersion,
    amdahlVersion,
    advisedAt: now.toISOString(),
    workload: summaryOf(workload),
    sources: {},
  };
}

function summaryOf({ source, statements, unread }: Workload): WorkloadSummary {
  return {
    source,
    unread,
    statements: statements.length,
    calls: sumOrNull(statements.map(({ calls }) => calls)),
    totalMs: sumOrNull(
      statements.map(({ calls, meanMs }) =>
        calls === null || meanMs === null ? null : calls * meanMs,
      ),
    ),
  };
}

/** Null as soon as one is: a sum of a part would pass for the whole. */
function sumOrNull(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

function findingsOf(outcome: AuditOutcome): readonly Finding[] {
  return outcome.status === 'found' ? outcome.findings : [];
}

function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
