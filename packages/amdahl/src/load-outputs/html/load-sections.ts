import type { LoadResult, LoadSecond } from '@amdahl/load';
import { formatMs, Histogram } from '@amdahl/metrics';
import { dataTable, section } from '../../report/html/blocks.ts';
import { lineChart } from '../../report/html/charts/line-chart.ts';
import { html, type Content, type Markup } from '../../report/html/markup.ts';
import { profileText } from '../../report/html/sections/masthead.ts';
import { loadCharts } from '../../report/html/sections/series.ts';
import { counted, formatCount, formatShare } from '../../wording.ts';
import { formatFound } from '../objective-figure.ts';

/** Percentiles of the curve: the further out, the rarer. */
const percentiles = [50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100];

/** Charts of the run, second by second. */
export function chartsSection(series: readonly LoadSecond[]): Content {
  if (series.length < 2) return null;
  return section(
    'Second by second',
    html`<div class="charts">${loadCharts(series).map(lineChart)}</div>`,
  );
}

/** How the run stands to its objectives. */
export function objectivesSection({ objectives = [], hopeless }: LoadResult): Content {
  if (objectives.length === 0) return null;
  const rows = objectives.map((outcome) => [
    outcome.objective.text,
    formatFound(outcome),
    outcome.met ? '✔ met' : '✖ missed',
  ]);
  return section(
    'Objectives',
    hopeless !== undefined &&
      html`<p class="lead">Stopped early: “${hopeless}” could not be met any more.</p>`,
    dataTable({ header: ['Objective', 'Found', ''], rows }),
  );
}

export function requestsSection({ requests, total, counts, measuredMs }: LoadResult): Content {
  const all = {
    name: 'all',
    count: counts.succeeded + counts.failed,
    failed: counts.failed,
    ...total,
  };
  const rows = [...requests, all].map(({ name, count, failed, responseTime }) => {
    const times = Histogram.fromBase64(responseTime);
    const at = (percentile: number): string =>
      formatMs(times.valueAtPercentile(percentile) / 1_000);
    const rate = `${formatCount((count / Math.max(1, measuredMs)) * 1_000)}/s`;
    const failures = formatShare(failed / Math.max(1, count));
    return [name, formatCount(count), rate, failures, at(50), at(95), at(99), at(100)];
  });
  const header = ['Request', 'Count', 'Rate', 'Failed', 'p50', 'p95', 'p99', 'longest'];
  return section('Requests', dataTable({ header, rows }));
}

/** Every percentile of all response times: where the tail begins. */
export function percentilesSection({ total }: LoadResult): Content {
  const response = Histogram.fromBase64(total.responseTime);
  const service = Histogram.fromBase64(total.serviceTime);
  if (response.count === 0) return null;
  const at = (times: Histogram, percentile: number): string =>
    formatMs(times.valueAtPercentile(percentile) / 1_000);
  const rows = percentiles.map((percentile) => [
    percentile === 100 ? 'longest' : `p${percentile}`,
    at(response, percentile),
    at(service, percentile),
  ]);
  return section(
    'Percentiles',
    html`<p class="quiet lead">
      Response time counts from when a request should have started, service time from when it was
      sent.
    </p>`,
    dataTable({ header: ['', 'Response time', 'Service time'], rows }),
  );
}

export function errorsSection({ requests, taskErrorSamples = [] }: LoadResult): Content {
  const errors = requests.flatMap(({ name, errorDetails = {}, statuses }) => [
    ...Object.entries(errorDetails).map(([error, count]) => [name, error, formatCount(count)]),
    ...Object.entries(statuses)
      .filter(([status]) => Number(status) >= 400)
      .map(([status, count]) => [name, `status ${status}`, formatCount(count)]),
  ]);
  const thrown = taskErrorSamples.map(({ task, message, file, line }) => [
    task,
    message,
    file === undefined ? '' : `${file}:${line ?? 0}`,
  ]);
  return [
    errors.length > 0 &&
      section('Failures', dataTable({ header: ['Request', 'Failure', 'Count'], rows: errors })),
    thrown.length > 0 &&
      section('Tasks that threw', dataTable({ header: ['Task', 'Error', 'Where'], rows: thrown })),
  ];
}

export function checksSection({ checks }: LoadResult): Content {
  if (checks.length === 0) return null;
  const rows = checks.map(({ name, passed, failed }) => [
    `${failed === 0 ? '✔' : '✖'} ${name}`,
    formatCount(passed),
    formatCount(failed),
  ]);
  return section('Checks', dataTable({ header: ['Check', 'Passed', 'Failed'], rows }));
}

/** The load, and how the generator did. */
export function setupSection({ profile, seed, generator, counts }: LoadResult): Markup {
  const lagMs = Histogram.fromBase64(generator.lag).valueAtPercentile(99) / 1_000;
  const rows: readonly (readonly [string, string])[] = [
    ['Load', `${profileText(profile)}, ${profile.model} model, seed ${seed}`],
    [
      'Requests',
      `${formatCount(counts.started)} started, ${formatCount(counts.succeeded)} succeeded, ${formatCount(counts.failed)} failed, ${formatCount(counts.aborted)} cut off by the end`,
    ],
    [
      'Generator',
      `${counted(generator.workers, 'worker')}, ${formatShare(generator.busiestWorkerCpuShare)} of a core, lag p99 ${formatMs(lagMs)}, ${counted(generator.socketsOpened, 'connection')}`,
    ],
  ];
  return section(
    'Setup',
    html`<dl class="pairs">
      ${rows.map(
        ([label, value]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>`,
  );
}
