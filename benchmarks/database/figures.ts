import { median } from '@amdahl/metrics';

/** How far a prediction is from the truth, as a fraction of the truth. */
export function relativeError(predicted: number, real: number): number {
  return real === 0 ? (predicted === 0 ? 0 : 1) : Math.abs(predicted - real) / Math.abs(real);
}

export function percent(share: number): string {
  if (Number.isNaN(share)) return '–';
  if (share === 0) return '0 %';
  return share < 0.1 ? `${(share * 100).toFixed(1)} %` : `${Math.round(share * 100)} %`;
}

export function whole(figure: number): string {
  return Math.round(figure).toLocaleString('en');
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Median, with the least and the greatest in brackets. */
export function spread(figures: readonly number[], format: (figure: number) => string): string {
  if (figures.length === 0) return '–';
  const ends = [Math.min(...figures), Math.max(...figures)].map(format).join('–');
  return `${format(median(figures))} (${ends})`;
}

/** Spearman's correlation of ranks; equal figures share the mean of their ranks. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (x.length + 1) / 2;
  const sum = (of: (at: number) => number): number => x.reduce((total, _, at) => total + of(at), 0);
  const [dx, dy] = [x.map((rank) => rank - mean), y.map((rank) => rank - mean)];
  const product = (left: readonly number[], right: readonly number[]): number =>
    sum((at) => (left[at] ?? 0) * (right[at] ?? 0));
  return product(dx, dy) / Math.sqrt(product(dx, dx) * product(dy, dy));
}

function ranks(figures: readonly number[]): readonly number[] {
  return figures.map((figure) => {
    const below = figures.filter((other) => other < figure).length;
    const equal = figures.filter((other) => other === figure).length;
    return below + (equal + 1) / 2;
  });
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}
