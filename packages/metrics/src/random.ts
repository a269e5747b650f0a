/** Seeded randomness: the same seed yields the same sequence on every machine. */
export interface Random {
  /** Next number in [0, 1). */
  readonly next: () => number;
  /** A whole number from `from` to `to`, both included, all equally likely. */
  readonly integer: (from: number, to: number) => number;
  /** One element, all equally likely. */
  pick<T>(items: readonly T[]): T;
  /** A generator of its own, independent of further draws from this one. */
  fork(label: number): Random;
}

/** SplitMix32 (public domain; Steele, Lea and Flood, "Fast splittable PRNGs", OOPSLA 2014, 32-bit variant). */
export function seededRandom(seed: number): Random {
  // Signed, since V8 keeps 32-bit integers without allocating only when they are.
  let state = seed | 0;
  const nextInt32 = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  const random: Random = {
    next: () => (nextInt32() >>> 0) / 4294967296,
    integer: (from, to) => from + Math.floor(random.next() * (to - from + 1)),
    pick: (items) => items[random.integer(0, items.length - 1)] as (typeof items)[number],
    fork: (label) =>
      seededRandom((Math.imul(seed ^ 0x85ebca6b, 31) + Math.imul(label, 0x9e3779b1)) >>> 0),
  };
  return random;
}
