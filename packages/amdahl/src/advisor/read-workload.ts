import { existsSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { LockEvent } from '../artifacts/locks.ts';
import type { ReadOnlyDatabase } from '../sql/read-only-database.ts';
import { mergeWorkloads } from '../workload/merge-workloads.ts';
import { readLogFile } from '../workload/log/read-log-file.ts';
import { readSqlFiles } from '../workload/sql-files.ts';
import { readStatementsView } from '../workload/statements-view.ts';
import type { Workload } from '../workload/workload.ts';
import { workbenchErrors } from '../workbench-errors.ts';

/** The word that stands for the server's own view among sources. */
export const statementsViewSource = 'pg_stat_statements';

export type SourceKind = 'recording' | 'statements-view' | 'sql' | 'log';

/** One thing statements are read from. */
export interface WorkloadSource {
  readonly kind: SourceKind;
  /** Absolute path; the word itself for the view. */
  readonly path: string;
}

/**
 * What kind of source each argument names. None at all means the server's own view.
 *
 * @throws AMDAHL_CLI_BAD_USAGE
 */
export function workloadSources(names: readonly string[], cwd: string): readonly WorkloadSource[] {
  const wanted = names.length === 0 ? [statementsViewSource] : names;
  const sources = wanted.map((name) => sourceOf(name, cwd));
  if (sources.length > 1 && sources.some(({ kind }) => kind === 'recording')) {
    throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
      expected: 'a recording alone: it holds its own statements, plans and statistics',
      found: `${sources.length} sources, a recording among them`,
      next: 'Give the recording by itself, or leave it out.',
    });
  }
  return sources;
}

function sourceOf(name: string, cwd: string): WorkloadSource {
  if (name === statementsViewSource) return { kind: 'statements-view', path: name };
  const path = resolve(cwd, name);
  if (!existsSync(path)) {
    throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
      expected: `a recording, a log file, a file or folder with .sql, or the word ${statementsViewSource}`,
      found: `${name}, which does not exist`,
      next: 'Correct the name.',
      details: { path },
    });
  }
  if (statSync(path).isDirectory()) {
    return { kind: existsSync(join(path, 'recording.json')) ? 'recording' : 'sql', path };
  }
  return { kind: extname(path) === '.sql' ? 'sql' : 'log', path };
}

export interface ReadWorkload {
  readonly workload: Workload;
  /** Waits and deadlocks the logs tell of. */
  readonly lockEvents: readonly LockEvent[];
}

/**
 * Reads and merges the sources.
 *
 * @param database where `pg_stat_statements` is; null when none was given
 * @throws AMDAHL_WORKLOAD_*, AMDAHL_DATABASE_LOST, AMDAHL_CLI_BAD_USAGE
 */
export async function readWorkload(
  sources: readonly WorkloadSource[],
  database: ReadOnlyDatabase | null,
  { signal, report }: { signal: AbortSignal; report: (status: string) => void },
): Promise<ReadWorkload> {
  const workloads: Workload[] = [];
  const lockEvents: LockEvent[] = [];
  if (sources.some(({ kind }) => kind === 'statements-view')) {
    if (database === null) throw noDatabase();
    report('reading pg_stat_statements');
    workloads.push(await readStatementsView(database));
  }
  const files = sources.filter(({ kind }) => kind === 'sql').map(({ path }) => path);
  if (files.length > 0) workloads.push(await readSqlFiles(files));
  for (const { path } of sources.filter(({ kind }) => kind === 'log')) {
    const reading = await readLogFile(path, { signal, report });
    workloads.push(reading.workload);
    lockEvents.push(...reading.lockEvents);
  }
  return { workload: mergeWorkloads(workloads), lockEvents };
}

function noDatabase(): Error {
  return workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
    expected: `a database whose ${statementsViewSource} is read, or files to read statements from`,
    found: 'neither',
    next: 'Give --db postgresql://…, or a recording, a log file or a folder with .sql files.',
  });
}
