const density = (z: number): number => Math.exp(-(z * z) / 2) / Math.sqrt(2 * Math.PI);

/**
 * The probability that a standard normal variable exceeds z. Around the middle by Taylor's series
 * (Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11, 2004), in
 * the tails, where the series cancels, by Laplace's continued fraction.
 */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let n = 3; sum + term !== sum; n += 2) {
      term *= (z * z) / n;
      sum += term;
    }
    return 0.5 - sum * density(z);
  }
  let fraction = z;
  for (let n = 100; n >= 1; n -= 1) fraction = z + n / fraction;
  return density(z) / fraction;
}

/** The z that a standard normal variable exceeds with the probability (0..1, exclusive). */
export function normalUpperQuantile(probability: number): number {
  let low = -40;
  let high = 40;
  for (let step = 0; step < 64; step += 1) {
    const z = (low + high) / 2;
    if (normalUpperTail(z) > probability) low = z;
    else high = z;
  }
  return (low + high) / 2;
}
