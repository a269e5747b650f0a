import type { RuntimeSample } from '@amdahl/agent/protocol';
import type { LoadSecond } from '@amdahl/load';
import type { SeriesDetail } from '../../../audits/detail.ts';
import { busiestProcess } from '../../../predict/time-budget.ts';
import { isVoid } from '../../overview.ts';
import { lineChart } from '../charts/line-chart.ts';
import type { PageContext } from '../context.ts';
import { html, type Markup } from '../markup.ts';

type Chart = Omit<SeriesDetail, 'kind'>;

/** The run second by second: what the load saw above, what the app's process did below. */
export function seriesSection({ result }: PageContext): Markup {
  const { load, agent } = result.artifacts;
  if (load.status !== 'ok' || isVoid(result)) return html``;
  const { startedAtEpochMs, series } = load.value.result;
  const process = agent.status === 'ok' ? busiestProcess(agent.value) : null;
  const isOneOfMany = agent.status === 'ok' && agent.value.processes.length > 1;
  return html`<section id="series" aria-labelledby="series-title">
    <div class="wide">
      <h2 id="series-title">Second by second</h2>
      ${isOneOfMany && html`<p class="quiet lead">Event loop, processor and memory are those of the busiest process, ${process?.process.pid}.</p>`}
      <div class="charts">
        ${loadCharts(series).map(lineChart)}
        ${process !== null && processCharts(process.runtime, startedAtEpochMs).map(lineChart)}
      </div>
    </div>
  </section>`;
}

/** Throughput and response times of a load run. */
export function loadCharts(series: readonly LoadSecond[]): readonly Chart[] {
  const line = (label: string, figure: (second: LoadSecond) => number) => ({
    label,
    points: series.map((second) => [second.atMs, figure(second)] as const),
  });
  return [
    {
      title: 'Throughput',
      unit: 'per-second',
      lines: [
        line('done', (second) => second.done),
        ...(series.some((second) => second.failed > 0)
          ? [line('failed', (second) => second.failed)]
          : []),
      ],
    },
    {
      title: 'Response time',
      unit: 'ms',
      lines: [line('p50', (second) => second.p50Ms), line('p95', (second) => second.p95Ms)],
    },
  ];
}

function processCharts(
  runtime: readonly RuntimeSample[],
  startedAtEpochMs: number,
): readonly Chart[] {
  const line = (label: string, figure: (sample: RuntimeSample) => number) => ({
    label,
    points: runtime.map(
      (sample) => [Math.max(0, sample.atEpochMs - startedAtEpochMs), figure(sample)] as const,
    ),
  });
  return [
    {
      title: 'Event-loop delay',
      unit: 'ms',
      lines: [
        line('p99', (sample) => sample.loopDelayP99Ms),
        line('longest', (sample) => sample.loopDelayMaxMs),
      ],
    },
    {
      title: 'Processor',
      unit: 'share',
      lines: [
        line('event loop', (sample) => sample.loopUtilization),
        line('CPU', (sample) => sample.cpuShare),
      ],
    },
    {
      title: 'Memory',
      unit: 'bytes',
      lines: [
        line('resident', (sample) => sample.rssBytes),
        line('heap', (sample) => sample.heapUsedBytes),
      ],
    },
    {
      title: 'Collecting garbage, each second',
      unit: 'ms',
      lines: [line('time', (sample) => sample.gcMs)],
    },
  ];
}
