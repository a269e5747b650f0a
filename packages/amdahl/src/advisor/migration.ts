import type { CatalogArtifact } from '../artifacts/catalog.ts';
import type { Finding, IndexBuild } from '../audits/finding.ts';
import { formatBytes, listed } from '../wording.ts';
import { buildSeconds, formatBuildTime } from './build-time.ts';
import {
  buildStep,
  dropStep,
  type MigrationStatement,
  type MigrationStep,
} from './migration-steps.ts';

/** SQL that makes every index the findings ask for and drops those they call superfluous. */
export interface Migration {
  /** Empty when there is nothing to build or to drop. */
  readonly up: string;
  /** Takes `up` back, last step first. */
  readonly down: string;
  /** What to know before, as sentences. */
  readonly notes: readonly string[];
}

/** A finding's step with what to say about it. */
interface ExplainedStep extends MigrationStep {
  readonly why: string;
  readonly build: IndexBuild | null;
}

/**
 * One migration of all findings: builds in the order of their rank, then drops. Every statement that
 * can is `CONCURRENTLY`, so the file must run outside a transaction, a statement at a time.
 *
 * A concurrent build or drop waits for older transactions and blocks nobody meanwhile, so it may wait
 * as long as it takes; a lock timeout would end it with an invalid index left behind. What does block
 * others gets a lock timeout of a second (as squawk asks for) and can be tried again.
 */
export function migrationOf(
  findings: readonly Pick<Finding, 'title' | 'remedy'>[],
  catalog: CatalogArtifact | undefined,
): Migration {
  const steps = stepsOf(findings, catalog);
  if (steps.length === 0) return { up: '', down: '', notes: [] };
  return {
    up: scriptOf(
      steps,
      ({ up }) => up,
      (step, at) => headOf(step, `${at + 1}.`),
      catalog,
    ),
    down: scriptOf(
      steps.toReversed(),
      ({ down }) => down,
      (step, at) => [`-- Takes back step ${steps.length - at}: ${step.index}`],
      catalog,
    ),
    notes: notesOn(steps),
  };
}

function stepsOf(
  findings: readonly Pick<Finding, 'title' | 'remedy'>[],
  catalog: CatalogArtifact | undefined,
): readonly ExplainedStep[] {
  const builds = new Map<string, ExplainedStep>();
  const drops = new Map<string, ExplainedStep>();
  for (const { title, remedy } of findings) {
    for (const build of remedy.builds ?? []) {
      const step = { ...buildStep(build, catalog), why: title, build };
      if (!builds.has(step.index)) builds.set(step.index, step);
    }
    for (const name of catalog === undefined ? [] : (remedy.drops ?? [])) {
      const step = dropStep(name, catalog as CatalogArtifact);
      if (step !== null && !drops.has(step.index)) {
        drops.set(step.index, { ...step, why: title, build: null });
      }
    }
  }
  return [...builds.values(), ...drops.values()];
}

function scriptOf(
  steps: readonly ExplainedStep[],
  statementsOf: (step: ExplainedStep) => readonly MigrationStatement[],
  headOfStep: (step: ExplainedStep, at: number) => readonly string[],
  catalog: CatalogArtifact | undefined,
): string {
  const where =
    catalog === undefined
      ? ''
      : ` for the database ${catalog.database}, PostgreSQL ${catalog.serverVersion}`;
  const lines = [
    `-- Written by Amdahl${where}.`,
    '-- Run it outside a transaction, one statement at a time: psql --set ON_ERROR_STOP=1 --file …',
    'SET statement_timeout = 0;',
  ];
  for (const [at, step] of steps.entries()) {
    lines.push('', ...headOfStep(step, at));
    let timeout: boolean | null = null;
    for (const { sql, blocking } of statementsOf(step)) {
      if (blocking !== timeout) lines.push(`SET lock_timeout = ${blocking ? `'1s'` : 0};`);
      timeout = blocking;
      lines.push(sql);
    }
  }
  return `${lines.join('\n')}\n`;
}

function headOf(step: ExplainedStep, number: string): readonly string[] {
  const { kind, index, table, build, why, up } = step;
  const name = table === null ? 'the table' : table.name;
  const blocks = up.some(({ sql, blocking }) => blocking && !sql.startsWith('CREATE EXTENSION'));
  const lines = [`${number} ${kind === 'build' ? 'Build' : 'Drop'} ${index}: ${oneLine(why)}`];
  lines.push(
    blocks
      ? `Lock: ${kind === 'build' ? 'SHARE' : 'ACCESS EXCLUSIVE'} on ${name} for moments, tried for a second at a time; its partitions are built under SHARE UPDATE EXCLUSIVE, beside reads and writes.`
      : `Lock: SHARE UPDATE EXCLUSIVE on ${name}: reads and writes go on, other changes of its schema wait. It waits for transactions that began before it.`,
  );
  if (build !== null) {
    const beside = table === null ? '' : ` beside a table of ${formatBytes(table.sizeBytes)}`;
    lines.push(`Size: about ${formatBytes(build.estimatedSizeBytes)}${beside}.`);
    if (table !== null) {
      lines.push(`Time to build: ${formatBuildTime(buildSeconds(table.rows, build.kind))}.`);
    }
    lines.push(
      'If it fails, an invalid index stays that only costs writes; drop it and build it again:',
      `DROP INDEX CONCURRENTLY IF EXISTS ${index};`,
    );
  }
  return lines.map((line, at) => (at === 0 ? `-- ${line}` : `--    ${line}`));
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function notesOn(steps: readonly ExplainedStep[]): readonly string[] {
  const built = steps.flatMap(({ build }) => build ?? []);
  const extensions = [...new Set(built.flatMap(({ requires }) => requires ?? []))];
  const bytes = built.reduce((sum, { estimatedSizeBytes }) => sum + estimatedSizeBytes, 0);
  const drops = steps.filter(({ kind }) => kind === 'drop');
  return [
    ...(built.length === 0
      ? []
      : [
          `Building takes about ${formatBytes(bytes)} of disk, and as much again while it sorts.`,
          'Afterwards no index should be left invalid: SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid;',
        ]),
    ...(extensions.length === 0
      ? []
      : [
          `${listed(extensions)} stays when the indexes are taken back: others may have come to use it.`,
        ]),
    ...(drops.length === 0
      ? []
      : [
          'What is dropped must be built anew to come back. Build first, watch for a day, then drop.',
        ]),
  ];
}
