import type { AppFunction } from '../../predict/cpu-attribution.ts';

/**
 * A function blocks rather than is merely called often when half of its time lies in runs of this
 * length: the delay of the event loop that Clinic Doctor takes for a fault.
 */
const blockMs = 10;

/** A function with less of the computing than this buys too little even when made free. */
const leastBusyShare = 0.05;

/** A function that spends this much of its time under another only passes on to it. */
const passageShare = 0.8;

export interface BlockingFunction {
  readonly blocking: AppFunction;
  /** The function of the app it is reached through, the nearest; null when the loop calls it itself. */
  readonly caller: AppFunction | null;
}

/**
 * Functions that block the loop, each once: not the callers that only lead to one, nor the helpers
 * among which one divides its work.
 *
 * @param functions largest total first
 */
export function blockingFunctions(functions: readonly AppFunction[]): readonly BlockingFunction[] {
  const blocking = functions.filter(
    (each) =>
      each.totalShare >= leastBusyShare &&
      each.medianBlockMs >= blockMs &&
      !functions.some((other) => each.passesOn(other) >= passageShare),
  );
  return blocking
    .filter((each) => !blocking.some((other) => holds(other, each)))
    .map((each) => ({ blocking: each, caller: callerOf(each, functions) }));
}

/** Whether nearly all of a function's time is spent within calls from the other. */
function holds(other: AppFunction, each: AppFunction): boolean {
  return other.passesOn(each) * other.totalShare >= passageShare * each.totalShare;
}

/** The last of those that hold it is the one right above it. */
function callerOf(each: AppFunction, functions: readonly AppFunction[]): AppFunction | null {
  return functions.findLast((other) => other !== each && holds(other, each)) ?? null;
}
