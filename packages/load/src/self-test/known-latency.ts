/**
 * Servers of known latency, and the response times users of a given schedule truly meet there.
 *
 * A server of one worker serves in the order of arrival: the n-th request starts when it arrives or
 * when the one before is done (Lindley, "The theory of queues with a single server", 1952). During a
 * stall nothing is served.
 */
import { seededRandom } from '@amdahl/metrics';

export const latencyNames = ['constant', 'two-point', 'fifo', 'stall', 'rate-limited'] as const;

export type LatencyName = (typeof latencyNames)[number];

export interface KnownLatency {
  readonly title: string;
  /** Time the n-th request takes once it is its turn, in milliseconds, by number from 0. */
  readonly serviceMs: readonly number[];
  /** Whether one request is served at a time. */
  readonly oneWorker: boolean;
  /** From the first request on; nothing is served within it. */
  readonly stall?: { readonly fromMs: number; readonly toMs: number };
}

/** Requests a second these servers are meant for: the one that is rate-limited serves fewer. */
export const ratePerSecond = 100;

const exponentialMeanMs = 6;
const stallMs = 2_000;
/** Part of the time that has passed when the stall begins. */
const stallFromShare = 0.4;
/** Room for tools that send more than they were asked to. */
const roomRatio = 3;

/** A server of known latency for a load of some seconds. */
export function knownLatency(name: LatencyName, durationSeconds: number): KnownLatency {
  const count = Math.ceil(roomRatio * ratePerSecond * durationSeconds);
  const times = (at: (index: number) => number): readonly number[] =>
    Array.from({ length: count }, (_, index) => at(index));
  const stallFromMs = durationSeconds * 1_000 * stallFromShare;
  const random = seededRandom(1);
  const latencies: Readonly<Record<LatencyName, () => KnownLatency>> = {
    constant: () => ({ title: 'constant 20 ms', serviceMs: times(() => 20), oneWorker: false }),
    'two-point': () => ({
      title: 'four of five 5 ms, the fifth 100 ms',
      serviceMs: times((index) => (index % 5 === 4 ? 100 : 5)),
      oneWorker: false,
    }),
    fifo: () => ({
      title: 'one worker, exponential service of mean 6 ms',
      serviceMs: times(() => -exponentialMeanMs * Math.log(1 - random.next())),
      oneWorker: true,
    }),
    stall: () => ({
      title: `5 ms, and a stall of 2 s after ${stallFromMs / 1_000} s`,
      serviceMs: times(() => 5),
      oneWorker: false,
      stall: { fromMs: stallFromMs, toMs: stallFromMs + stallMs },
    }),
    'rate-limited': () => ({
      title: 'one worker, 12.5 ms: 80 a second',
      serviceMs: times(() => 12.5),
      oneWorker: true,
    }),
  };
  return latencies[name]();
}

/** Response times in milliseconds of evenly spaced arrivals, sorted. */
export function trueTimesMs(latency: KnownLatency, durationSeconds: number): Float64Array {
  const count = ratePerSecond * durationSeconds;
  const responses = new Float64Array(count);
  let freeMs = 0;
  for (let index = 0; index < count; index += 1) {
    const arrivalMs = (index * 1_000) / ratePerSecond;
    const turnMs = latency.oneWorker ? Math.max(arrivalMs, freeMs) : arrivalMs;
    const doneMs = doneAt(latency, turnMs, latency.serviceMs[index] as number);
    freeMs = doneMs;
    responses[index] = doneMs - arrivalMs;
  }
  return responses.sort();
}

/** When a request that starts then is done: one that would end within the stall ends after it. */
export function doneAt({ stall }: KnownLatency, turnMs: number, serviceMs: number): number {
  const doneMs = turnMs + serviceMs;
  return stall !== undefined && doneMs > stall.fromMs && doneMs < stall.toMs ? stall.toMs : doneMs;
}
