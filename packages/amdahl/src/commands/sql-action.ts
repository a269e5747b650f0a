import { extname, resolve } from 'node:path';
import { exitCodes, type ExitCode } from '@amdahl/metrics';
import { openRecording } from '../artifacts/recording.ts';
import { adviceOfRecording } from '../advisor/advice-of-recording.ts';
import type { Advice } from '../advisor/advice.ts';
import { advise, type Advised } from '../advisor/advise.ts';
import { workloadSources, type WorkloadSource } from '../advisor/read-workload.ts';
import { renderAdviceHtml } from '../report/advice/html.ts';
import { renderAdviceMarkdown } from '../report/advice/markdown.ts';
import { renderAdviceTerminal } from '../report/advice/terminal.ts';
import { missingDatabase, readVariables } from '../resolve-options.ts';
import { workbenchErrors } from '../workbench-errors.ts';
import type { Invocation } from './command.ts';
import { interruptible } from './interrupt.ts';
import type { OptionValues } from './options.ts';
import { createProgressView, hasColours } from './progress-view.ts';
import { codedError, showError } from './show-error.ts';
import { writeReport } from './show-result.ts';

const defaultColumns = 100;

/** Advises on a workload. What was found is shown also when it was cut short. */
export async function sqlAction(invocation: Invocation): Promise<ExitCode> {
  const { terminal } = invocation;
  const { stderr, cwd } = terminal;
  const options = { ...readVariables(terminal.environment), ...invocation.options };
  const names = invocation.arguments.filter((name) => name !== null);
  const sources = workloadSources(names, cwd);
  const { replicas = [] } = options;
  if (replicas.length > 0) expectDatabase(sources, options.database);
  if (options.mask === true) await expectMasked(sources);
  const view = createProgressView(stderr);
  const { advice, failure } = await interruptible(
    async (signal): Promise<Advised> => {
      const [source] = sources;
      if (source?.kind === 'recording') {
        view.phase('reading the recording');
        return { advice: await adviceOfRecording(source.path, new Date()), failure: null };
      }
      return advise({
        sources,
        database: options.database ?? null,
        replicas,
        dialect: options.dialect ?? 'postgresql',
        analyze: options.analyze === true,
        mask: options.mask === true,
        limits: {
          sizeBytes: options.indexBudget ?? Number.POSITIVE_INFINITY,
          count: options.maxIndexes ?? Number.POSITIVE_INFINITY,
        },
        now: new Date(),
        signal,
        phase: (label) => view.phase(label),
        status: (text) => view.status(text),
      });
    },
    () => view.note('Stopping. What was found is kept; once more to stop at once.'),
  ).finally(() => view.end());
  await showAdvice(advice, options, invocation);
  if (failure !== null) {
    const error = codedError(failure);
    showError(error, stderr);
    return error.exitCode;
  }
  const isToChange = advice.findings.length + advice.remarks.length > 0;
  return options.check === true && isToChange ? exitCodes.objectiveMissed : exitCodes.ok;
}

/** @throws AMDAHL_CLI_BAD_USAGE when replicas are given where none are read */
function expectDatabase(sources: readonly WorkloadSource[], database: string | undefined): void {
  if (sources.some(({ kind }) => kind === 'recording')) {
    throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
      expected: 'a recording without --replica: it holds what was counted when it was made',
      found: '--replica',
      next: 'Leave it out, and give it to the next `amdahl run`.',
    });
  }
  if (database === undefined) throw missingDatabase();
}

/** @throws AMDAHL_CLI_BAD_USAGE for a recording that holds values, AMDAHL_RECORDING_* */
async function expectMasked(sources: readonly WorkloadSource[]): Promise<void> {
  for (const { kind, path } of sources) {
    if (kind !== 'recording' || (await openRecording(path)).manifest.options.mask) continue;
    throw workbenchErrors.create('AMDAHL_CLI_BAD_USAGE', {
      expected: 'a recording that was made with --mask',
      found: `"${path}", whose statements and statistics hold their values`,
      next: 'Record anew with `amdahl run --mask`, or leave --mask out.',
      details: { path },
    });
  }
}

/** @throws AMDAHL_CLI_CANNOT_WRITE */
async function showAdvice(
  advice: Advice,
  { html, markdown, migration, json }: OptionValues,
  { terminal: { stdout, cwd } }: Invocation,
): Promise<void> {
  if (html !== undefined) await writeReport(resolve(cwd, html), renderAdviceHtml(advice));
  if (markdown !== undefined) {
    await writeReport(resolve(cwd, markdown), renderAdviceMarkdown(advice));
  }
  if (migration !== undefined) {
    await writeReport(resolve(cwd, migration), advice.migration.up);
    await writeReport(resolve(cwd, wayBack(migration)), advice.migration.down);
  }
  const width = stdout.columns || defaultColumns;
  stdout.write(
    json === true
      ? `${JSON.stringify(advice, null, 2)}\n`
      : `${renderAdviceTerminal(advice, { colour: hasColours(stdout), width })}\n`,
  );
}

/** `indexes.sql` → `indexes.down.sql` */
function wayBack(file: string): string {
  const extension = extname(file);
  return `${file.slice(0, file.length - extension.length)}.down${extension}`;
}
