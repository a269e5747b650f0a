/**
 * How popular the n-th of many things is: a Zipf–Mandelbrot law, whose density at rank x (as a share
 * of all ranks, 0..1) is (x + shift)^-exponent. A few things get much of the attention, a long tail
 * gets some, and the shift keeps the first from getting it all. (B. Mandelbrot, "An informational
 * theory of the statistical structure of language", 1953.)
 */
const exponent = 1.2;

/** Among products: the first hundredth gets almost a third of the attention. */
export const productShift = 0.005;
/** Among customers: the first hundredth places a fifth of the orders. */
export const customerShift = 0.01;

const power = 1 - exponent;

/** The rank, 1 to `count`, that a uniform draw from [0, 1) leads to. */
export function popularRank(draw: number, count: number, shift: number): number {
  const first = shift ** power;
  const last = (1 + shift) ** power;
  const share = (first + draw * (last - first)) ** (1 / power) - shift;
  return Math.min(count, 1 + Math.floor(count * share));
}

/** The same as an SQL expression over an expression of a uniform draw. */
export function popularRankSql(draw: string, count: number, shift: number): string {
  const first = shift ** power;
  const last = (1 + shift) ** power;
  return `least(${count}, 1 + floor(${count} * (power(${first} + ${draw} * ${last - first}, ${1 / power}) - ${shift}))::integer)`;
}
