import type { CustomReport, LoadResult, RequestTimes, Verdict } from '@amdahl/load';
import { formatMs, Histogram } from '@amdahl/metrics';
import { counted, formatCount } from '../wording.ts';
import { objectiveLines } from './objective-lines.ts';
import { textTable } from '../load-outputs/text-table.ts';

/** A load result for people: a table of requests, then what limits the figures. */
export function loadSummary(result: LoadResult, verdict: Verdict): string {
  const header = ['request', 'count', 'failed', 'p50', 'p95', 'p99'];
  const { succeeded, failed } = result.counts;
  const rows = [
    ...result.requests.map((request) =>
      rowOf(request.name, request.count, request.failed, request),
    ),
    rowOf('all', succeeded + failed, failed, result.total),
  ];
  const ratePerSecond = ((succeeded + failed) / result.measuredMs) * 1_000;
  const checks = result.checks.map(
    ({ name, passed, failed }) =>
      `${failed === 0 ? '✔' : '✖'} ${name}: ${passed} of ${passed + failed}`,
  );
  return [
    ...textTable([header, ...rows]),
    '',
    `${ratePerSecond.toFixed(1)} requests/s over ${formatMs(result.measuredMs)}; response times from the intended start`,
    ...connectionLines(result),
    ...checks,
    ...(result.custom ?? []).map(customLine),
    ...objectiveLines(result),
    ...(result.teardownError === undefined ? [] : [`✖ teardown: ${result.teardownError}`]),
    `verdict: ${verdict.kind}`,
    ...verdict.reasons.map(({ message, next }) => `  ${message} ${next}`),
  ].join('\n');
}

/** A counter with its sum, a trend or group with its percentiles. */
function customLine({ name, kind, count, total, values }: CustomReport): string {
  if (kind === 'counter') return `${name}: ${formatCount(total)}`;
  const histogram = Histogram.fromBase64(values);
  const shown = (value: number): string =>
    kind === 'group' ? formatMs(value / 1_000) : formatCount(value / 1_000);
  const at = (percentile: number): string => shown(histogram.valueAtPercentile(percentile));
  return `${name}: p50 ${at(50)}, p95 ${at(95)}, p99 ${at(99)} (${counted(count, kind === 'group' ? 'time' : 'value')})`;
}

/** What opening the connections took, when there were any. */
function connectionLines({ generator, resolved }: LoadResult): readonly string[] {
  const { socketsOpened, connectTime, tlsTime } = generator;
  if (socketsOpened === 0 || connectTime === undefined) return [];
  const timed = (name: string, text: string | undefined): readonly string[] => {
    const times = Histogram.fromBase64(text ?? '');
    if (times.count === 0) return [];
    const at = (percentile: number): string => formatMs(times.valueAtPercentile(percentile) / 1e3);
    return [`${name} p50 ${at(50)}, p95 ${at(95)}`];
  };
  const addresses = resolved?.addresses.length ?? 1;
  const parts = [
    ...timed('connect', connectTime),
    ...timed('TLS', tlsTime),
    ...(resolved === undefined ? [] : [`DNS ${formatMs(resolved.dnsMs)}`]),
  ];
  const to = addresses > 1 ? ` to ${addresses} addresses` : '';
  return [`${socketsOpened} connections${to}: ${parts.join('; ')}`];
}

function rowOf(
  name: string,
  count: number,
  failed: number,
  times: RequestTimes,
): readonly string[] {
  const histogram = Histogram.fromBase64(times.responseTime);
  const at = (percentile: number): string =>
    formatMs(histogram.valueAtPercentile(percentile) / 1_000);
  return [name, String(count), String(failed), at(50), at(95), at(99)];
}
