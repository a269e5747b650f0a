import type { MeasuredSecond } from '@amdahl/load';
import type { OptionValues } from '../commands/options.ts';
import { histogramLog } from './histogram-log.ts';
import { htmlFile } from './html-file.ts';
import { junit } from './junit.ts';
import type { LoadOutput } from './load-output.ts';
import type { LoadRun } from './load-run.ts';
import { markdownSummary } from './markdown-summary.ts';
import { TextFile } from './text-file.ts';
import { timeSeriesCsv } from './time-series-csv.ts';

/** All the outputs that were asked for. */
export interface LoadOutputs {
  readonly second: (second: MeasuredSecond) => void;
  readonly end: (run: LoadRun | undefined) => Promise<void>;
}

/**
 * Opens them, before the run, so that what cannot be written is known by then.
 *
 * @throws `AMDAHL_CLI_BAD_USAGE` naming the flag
 */
export async function openOutputs(
  { csv, hdr, html, junit: junitFile, markdown, prometheus, otlp }: OptionValues,
  cwd: string,
): Promise<LoadOutputs> {
  const outputs: LoadOutput[] = [];
  const toFile = async (
    flag: string,
    file: string | undefined,
    create: (file: TextFile) => LoadOutput,
  ): Promise<void> => {
    if (file !== undefined) outputs.push(create(await TextFile.open(flag, file, cwd)));
  };
  try {
    await toFile('--csv', csv, timeSeriesCsv);
    await toFile('--hdr', hdr, histogramLog);
    await toFile('--html', html, htmlFile);
    await toFile('--junit', junitFile, junit);
    await toFile('--markdown', markdown, markdownSummary);
    if (prometheus !== undefined || otlp !== undefined) {
      const { otlpMetrics, prometheusEndpoint } = await import('./live-metrics.ts');
      if (prometheus !== undefined) outputs.push(await prometheusEndpoint(prometheus));
      if (otlp !== undefined) outputs.push(otlpMetrics(otlp));
    }
  } catch (error) {
    for (const output of outputs) await output.end(undefined);
    throw error;
  }
  return {
    second: (second) => {
      for (const output of outputs) output.second?.(second);
    },
    end: async (run) => {
      for (const output of outputs) await output.end(run);
    },
  };
}
