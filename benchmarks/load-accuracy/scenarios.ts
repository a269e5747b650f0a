/**
 * Servers of known latency, and the response times users of a given schedule truly meet there.
 *
 * `service` is the time the n-th request takes once it is its turn. A server of one worker serves in
 * the order of arrival: the n-th request starts when it arrives or when the one before is done
 * (Lindley's recursion). During a stall nothing is served.
 */
import { seededRandom } from '@amdahl/metrics';

export interface Scenario {
  readonly title: string;
  /** Milliseconds, by number of the request from 0. */
  readonly service: readonly number[];
  /** Whether one request is served at a time. */
  readonly oneWorker: boolean;
  /** From the first request on; nothing is served within it. */
  readonly stall?: { readonly fromMs: number; readonly toMs: number };
}

export type ScenarioName = 'constant' | 'two-point' | 'fifo' | 'stall' | 'rate-limited';

export const ratePerSecond = 100;
export const durationSeconds = 20;
/** Room for tools that send a few more than they were asked to. */
const requests = 3 * ratePerSecond * durationSeconds;

const exponentialMeanMs = 6;

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  constant: { title: 'constant 20 ms', service: times(() => 20), oneWorker: false },
  'two-point': {
    title: 'four of five 5 ms, the fifth 100 ms',
    service: times((index) => (index % 5 === 4 ? 100 : 5)),
    oneWorker: false,
  },
  fifo: {
    title: 'one worker, exponential service of mean 6 ms',
    service: exponentialTimes(),
    oneWorker: true,
  },
  stall: {
    title: '5 ms, and a stall of 2 s after 8 s',
    service: times(() => 5),
    oneWorker: false,
    stall: { fromMs: 8_000, toMs: 10_000 },
  },
  'rate-limited': {
    title: 'one worker, 12.5 ms: 80 a second',
    service: times(() => 12.5),
    oneWorker: true,
  },
};

/** Response times in milliseconds of evenly spaced arrivals, sorted. */
export function trueTimes(scenario: Scenario): Float64Array {
  const count = ratePerSecond * durationSeconds;
  const responses = new Float64Array(count);
  let freeMs = 0;
  for (let index = 0; index < count; index += 1) {
    const arrivalMs = (index * 1_000) / ratePerSecond;
    const turnMs = scenario.oneWorker ? Math.max(arrivalMs, freeMs) : arrivalMs;
    const doneMs = doneAt(scenario, turnMs, scenario.service[index] as number);
    freeMs = doneMs;
    responses[index] = doneMs - arrivalMs;
  }
  return responses.sort();
}

/** When a request that starts then is done: one that would end within the stall ends after it. */
export function doneAt({ stall }: Scenario, turnMs: number, serviceMs: number): number {
  const doneMs = turnMs + serviceMs;
  return stall !== undefined && doneMs > stall.fromMs && doneMs < stall.toMs ? stall.toMs : doneMs;
}

function times(at: (index: number) => number): number[] {
  return Array.from({ length: requests }, (_, index) => at(index));
}

function exponentialTimes(): number[] {
  const random = seededRandom(1);
  return times(() => -exponentialMeanMs * Math.log(1 - random.next()));
}
