import { durationMs, type Duration, type Random } from '@amdahl/metrics';

/** How long a user pauses: a distribution that draws milliseconds from seeded randomness. */
export interface ThinkTime {
  readonly meanMs: number;
  draw(random: Random): number;
}

/** Always the same pause. */
export function constant(time: Duration): ThinkTime {
  const ms = durationMs(time);
  return { meanMs: ms, draw: () => ms };
}

/** Any pause between the two, all equally likely. */
export function uniform(shortest: Duration, longest: Duration): ThinkTime {
  const fromMs = durationMs(shortest);
  const toMs = durationMs(longest);
  return {
    meanMs: (fromMs + toMs) / 2,
    draw: (random) => fromMs + (toMs - fromMs) * random.next(),
  };
}

/** Memoryless pauses with this mean: many short, few long. */
export function exponential(mean: Duration): ThinkTime {
  const meanMs = durationMs(mean);
  return { meanMs, draw: (random) => -meanMs * Math.log(1 - random.next()) };
}

/** Pauses around a mean, never below zero (Box–Muller, negative draws cut to 0). */
export function normal(mean: Duration, deviation: Duration): ThinkTime {
  const meanMs = durationMs(mean);
  const deviationMs = durationMs(deviation);
  return {
    meanMs,
    draw: (random) => {
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
      return Math.max(0, meanMs + deviationMs * radius * Math.cos(2 * Math.PI * random.next()));
    },
  };
}
