import type { CatalogColumn } from '../../artifacts/catalog.ts';
import { parseArrayText } from '../../sql/array-text.ts';

/** Values of a column as its statistics know them: real values of the target, as text. */
export interface ColumnSample {
  /** The value at a share of the rows, 0..1: most common values first, then the rest by its histogram. */
  byFrequency(share: number): string;
  /** The value below which this share of the rows lies, 0..1. */
  byOrder(share: number): string;
  /** Share of the rows, 0..1, whose values pass. */
  shareOf(test: (value: string) => boolean): number;
}

interface Weighted {
  readonly value: string;
  /** Share of the rows. */
  readonly weight: number;
}

/** Statistics hold thousands of values, and each parameter asks a few times. */
const samples = new WeakMap<CatalogColumn, ColumnSample | null>();

/** Null when nothing is known of the column's values, or all are NULL. */
export function sampleOf(column: CatalogColumn): ColumnSample | null {
  const known = samples.get(column);
  if (known !== undefined) return known;
  const sample = readSample(column);
  samples.set(column, sample);
  return sample;
}

function readSample(column: CatalogColumn): ColumnSample | null {
  const common = commonValues(column);
  const bounds = parseArrayText(column.statistics?.histogramBounds ?? null);
  const commonShare = common.reduce((sum, { weight }) => sum + weight, 0);
  const nullShare = column.statistics?.nullFraction ?? 0;
  const rest = Math.max(0, 1 - nullShare - commonShare) / Math.max(1, bounds.length);
  const others = bounds.map((value) => ({ value, weight: rest }));
  const all = [...common, ...others];
  if (all.length === 0) return null;
  const ordered = common.length === 0 ? others : all.toSorted(inOrderOf(column.type));
  return {
    byFrequency: (share) => valueAt(all, share),
    byOrder: (share) => valueAt(ordered, share),
    shareOf: (test) => all.reduce((sum, { value, weight }) => sum + (test(value) ? weight : 0), 0),
  };
}

function commonValues({ statistics }: CatalogColumn): readonly Weighted[] {
  const values = parseArrayText(statistics?.mostCommonValues ?? null);
  const weights = parseArrayText(statistics?.mostCommonFrequencies ?? null);
  return values.map((value, index) => ({ value, weight: Number(weights[index] ?? 0) }));
}

function valueAt(values: readonly Weighted[], share: number): string {
  const total = values.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  for (const { value, weight } of values) {
    passed += weight;
    if (passed >= share * total) return value;
  }
  return values.at(-1)?.value ?? '';
}

/** Numbers by size; dates in ISO's form and texts as they are written. */
function inOrderOf(type: string): (a: Weighted, b: Weighted) => number {
  if (/^(?:small|big)?int|^integer|^numeric|^double|^real|^money|^oid/.test(type)) {
    return (a, b) => Number(a.value) - Number(b.value);
  }
  return (a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : 0);
}
