import { formatMs, Histogram, linearTrend, median } from '@amdahl/metrics';
import type { LoadProgress, LoadResult } from './result.ts';
import type { Verdict, VerdictReason } from './verdict.ts';

/*
 * Whether a run can be believed, from the run's own evidence. Each check below compares one figure
 * with named limits; what it finds is either `bounded`, figures that are limits of the server's, or
 * `void`, figures that are the generator's own. Thresholds:
 */

/**
 * Lag below this is the clock's grain: timers of Node and of epoll_wait tick in whole milliseconds,
 * so an arrival starts up to one tick late and a bit on the idlest machine.
 */
const timerGrainMs = 2;
/** Above this share of the median service time, lag shows in the first digit of a response time. */
const boundedLagRatio = 0.1;
/** Above the median service time, response times are made by the generator more than the server. */
const voidLagRatio = 1;
/** A tenth of what the objectives call a good API response: less cannot move a route by a band. */
const harmlessLagMs = 10;
/**
 * A single-threaded generator is itself a queue. At this utilisation what arrives waits 4.5 times
 * as long as it is served (M/D/1, ρ / 2(1 − ρ); Kleinrock, "Queueing Systems" I, 1975, section 5.6),
 * twice that at 0.95.
 */
const maxCpuShare = 0.9;
/** With more of the load missing than there, the run is another one than was asked for. */
const voidMissingShare = 0.5;
/** Arrivals left out above this share could move the 99th percentile by a tenth of a point. */
const maxUnstartedShare = 0.001;
/** Requests without a reply have no time; above this share the 99th percentile may be all theirs. */
const boundedSocketErrorShare = 0.01;
/** Above this share the 95th percentile may consist of failed requests alone. */
const boundedFailedShare = 0.05;
/** Above this share the typical request is a failed one. */
const voidFailedShare = 0.5;
/** Errors by which the generator's own machine refuses a socket: descriptors, ports, buffers. */
const exhaustionErrors: readonly string[] = [
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'ENOBUFS',
  'ENOMEM',
];
/**
 * With fewer values no upper limit of the 95th percentile holds with 95 % confidence, whatever their
 * distribution: 0.95^n ≤ 0.05 from n = 59 on (Wilks, "Determination of sample sizes for setting
 * tolerance limits", 1941).
 */
const minReplies = 59;
/** Change of the median over the run above which it had not settled. */
const maxDriftRatio = 0.25;
/** Seconds of the series a trend is looked for in: fewer do not carry one, more say the same. */
const minTrendSeconds = 10;
const maxTrendSeconds = 300;
/** A steady run is taken for a drifting one once in a hundred. */
const trendConfidence = 0.99;
/** Changes below this are within the instrument's grain. */
const minDriftMs = 1;

/** Judges a run by its own evidence: whether its figures are the server's, limits, or neither. */
export function judge(result: LoadResult): Verdict {
  const reasons = checks
    .map((check) => check(result))
    .filter((reason) => reason !== undefined)
    .sort((a, b) => severity(b) - severity(a));
  return { kind: reasons[0]?.kind ?? 'valid', reasons };
}

/**
 * What the verdict would be if the run ended now, as far as the live figures tell: the worst reason
 * in a few words, or that there is none.
 */
export function judgeSoFar(progress: LoadProgress): string {
  const { done, failed, generatorLagP99Ms, generatorCpuShare } = progress;
  if (done < minReplies) return 'too few requests yet';
  if (generatorCpuShare > maxCpuShare) {
    return `the generator uses ${percent(generatorCpuShare)} of a core`;
  }
  if (generatorLagP99Ms > harmlessLagMs) {
    return `the generator is ${formatMs(generatorLagP99Ms)} late (p99)`;
  }
  const failedShare = failed / done;
  return failedShare > boundedFailedShare ? `${percent(failedShare)} failed` : 'valid';
}

type Check = (result: LoadResult) => VerdictReason | undefined;

const checks: readonly Check[] = [
  tooFewRequests,
  lostWorkers,
  generatorLag,
  generatorCpu,
  unstartedArrivals,
  socketErrors,
  errorMix,
  drift,
];

function severity(reason: VerdictReason): number {
  return reason.kind === 'void' ? 1 : 0;
}

function tooFewRequests({ counts }: LoadResult): VerdictReason | undefined {
  const replies = counts.succeeded + counts.failed;
  if (replies >= minReplies) return undefined;
  return {
    check: 'too-few-requests',
    kind: replies === 0 ? 'void' : 'bounded',
    message: `${replies} requests came to an end; percentiles need at least ${minReplies}.`,
    next: 'Measure longer, or with more users.',
  };
}

function lostWorkers({ missing = [], measuredMs }: LoadResult): VerdictReason | undefined {
  if (missing.length === 0) return undefined;
  let missingShare = 0;
  for (const { share, atMs } of missing) {
    missingShare += share * (1 - Math.min(1, atMs / Math.max(1, measuredMs)));
  }
  const names = missing.map(({ worker, machine, atMs }) => {
    const name = machine === undefined ? `worker ${worker}` : `worker ${worker} on ${machine}`;
    return `${name} (known up to ${formatMs(atMs)})`;
  });
  return {
    check: 'lost-workers',
    kind: missingShare > voidMissingShare ? 'void' : 'bounded',
    message: `Lost on the way: ${names.join(', ')}. ${percent(missingShare)} of the load is missing from the figures; the rate is at least the one shown, and what was sent unheard is unknown.`,
    next: `The first was lost because of this: ${missing[0]?.reason ?? ''}`,
  };
}

function generatorLag(result: LoadResult): VerdictReason | undefined {
  const lagMs = percentileMs(result.generator.lag, 99);
  const serviceMs = percentileMs(result.total.serviceTime, 50);
  const boundedMs = Math.max(timerGrainMs, boundedLagRatio * serviceMs);
  if (lagMs <= boundedMs) return undefined;
  const voidMs = Math.max(harmlessLagMs, voidLagRatio * serviceMs);
  const kind = lagMs > voidMs ? 'void' : 'bounded';
  const limit = formatMs(kind === 'void' ? voidMs : boundedMs);
  return {
    check: 'generator-lag',
    kind,
    message: `One request in 100 was sent ${formatMs(lagMs)} late or more by the load generator itself; with a median service time of ${formatMs(serviceMs)} the limit is ${limit}.`,
    next: 'Add workers, give the generator cores of its own, or ask for a lower rate.',
  };
}

function generatorCpu({ generator, profile }: LoadResult): VerdictReason | undefined {
  const share = generator.busiestWorkerCpuShare;
  if (share <= maxCpuShare) return undefined;
  const used = `The busiest worker used ${percent(share)} of a core, above ${percent(maxCpuShare)}`;
  // Closed: users of a busy generator ask less often, so the server could do at least this much.
  // Open: the rate is given, and what grew with it is the generator's own queue.
  return profile.model === 'closed'
    ? {
        check: 'generator-cpu',
        kind: 'bounded',
        message: `${used}: the server could serve at least this rate, at most this slowly.`,
        next: 'Add workers.',
      }
    : {
        check: 'generator-cpu',
        kind: 'void',
        message: `${used}: the times hold the wait for the generator itself.`,
        next: 'Add workers, or ask for a lower rate.',
      };
}

function unstartedArrivals({ counts, generator }: LoadResult): VerdictReason | undefined {
  const unstarted = generator.unstartedArrivals;
  const share = unstarted / Math.max(1, unstarted + counts.started);
  if (share <= maxUnstartedShare) return undefined;
  return {
    check: 'unstarted-arrivals',
    kind: 'bounded',
    message: `${unstarted} arrivals (${percent(share)}) found no free user before the run ended, above ${percent(maxUnstartedShare)}: response times are at least those shown.`,
    next: 'The service is slower than the schedule; ask for a lower rate, or raise maxUsers.',
  };
}

function socketErrors(result: LoadResult): VerdictReason | undefined {
  const { counts, generator } = result;
  const exhausted = countExhaustion(result);
  if (exhausted > 0) {
    const share = exhausted / Math.max(1, counts.started);
    return {
      check: 'socket-errors',
      kind: share > voidFailedShare ? 'void' : 'bounded',
      message: `${exhausted} requests got no socket, because this machine ran out of descriptors, ports or buffers.`,
      next: 'Raise `ulimit -n`, use fewer users, or keep connections alive.',
    };
  }
  const share = generator.socketErrors / Math.max(1, counts.started);
  if (share <= boundedSocketErrorShare) return undefined;
  return {
    check: 'socket-errors',
    kind: share > voidFailedShare ? 'void' : 'bounded',
    message: `The connections of ${generator.socketErrors} requests (${percent(share)}) were refused or broke, above ${percent(boundedSocketErrorShare)}; they have no time.`,
    next: "Look into the service's log and its limit of connections.",
  };
}

function errorMix({ counts }: LoadResult): VerdictReason | undefined {
  const share = counts.failed / Math.max(1, counts.succeeded + counts.failed);
  if (share <= boundedFailedShare) return undefined;
  return {
    check: 'error-mix',
    kind: share > voidFailedShare ? 'void' : 'bounded',
    message: `${percent(share)} of the requests failed, above ${percent(boundedFailedShare)}: the times are those of failures as much as of replies.`,
    next: 'Correct the requests or the service first; the errors are listed by route.',
  };
}

function drift({ profile, series, userChanges = [] }: LoadResult): VerdictReason | undefined {
  const steady =
    profile.model === 'closed'
      ? (profile.changes ?? []).length + userChanges.length === 0
      : profile.arrivals.every(
          ({ fromPerSecond, toPerSecond }) =>
            fromPerSecond === toPerSecond && fromPerSecond === profile.arrivals[0]?.fromPerSecond,
        );
  if (!steady) return undefined;
  const change = changeOver(series.filter(({ done }) => done > 0).map(({ p50Ms }) => p50Ms));
  if (change === undefined) return undefined;
  const ratio = Math.abs(change) / median(series.map(({ p50Ms }) => p50Ms));
  if (ratio <= maxDriftRatio || Math.abs(change) < minDriftMs) return undefined;
  const rising = change > 0;
  return {
    check: 'warm-up-drift',
    kind: 'bounded',
    message: `The median response time ${rising ? 'rose' : 'fell'} by ${formatMs(Math.abs(change))} (${percent(ratio)}) over the run, above ${percent(maxDriftRatio)}: it had not settled.`,
    next: rising
      ? 'The service falls behind or slows down as it goes; ask for less load, or measure longer.'
      : 'Give the service a longer warm-up.',
  };
}

/** By how much a series rose from its start to its end, if it has a trend at all. */
function changeOver(series: readonly number[]): number | undefined {
  if (series.length < minTrendSeconds) return undefined;
  const step = Math.max(1, series.length / maxTrendSeconds);
  const points = Array.from({ length: Math.floor(series.length / step) }, (_, index) => ({
    x: index,
    y: series[Math.floor(index * step)] as number,
  }));
  const { slope } = linearTrend(points, { confidence: trendConfidence });
  return slope.low > 0 || slope.high < 0 ? slope.mid * (points.length - 1) : undefined;
}

/** Requests that the generator's own machine gave no socket. */
function countExhaustion({ requests }: LoadResult): number {
  let count = 0;
  for (const { errorDetails } of requests) {
    for (const code of exhaustionErrors) count += errorDetails?.[`connect ${code}`] ?? 0;
  }
  return count;
}

function percentileMs(text: string, percentile: number): number {
  return Histogram.fromBase64(text).valueAtPercentile(percentile) / 1_000;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
