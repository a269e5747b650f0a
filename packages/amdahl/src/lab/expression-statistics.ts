import type { CatalogColumn, CatalogTable, ColumnStatistics } from '../artifacts/catalog.ts';
import { formatArrayText, parseArrayText } from '../sql/array-text.ts';
import { parseExpression } from '../sql/parser.ts';
import { findAll, lastName } from '../sql/ast.ts';
import type { QueryFunction } from '../sql/explain.ts';
import { quoteIdentifier } from '../sql/schema.ts';

/**
 * Statistics of an expression over one column, from those of the column. Without any, the planner
 * takes one row in 200 for every value of an expression, whatever it is: an index on `lower(email)`
 * then looks a thousand times worse than it is.
 *
 * The column's most common values and the bounds of its histogram are a sample of the table, with
 * known weights: each is put through the expression, equal results are added up. Answers null when
 * the sample is too small or the expression fails on it.
 */
export async function deriveExpressionStatistics(
  query: QueryFunction,
  table: CatalogTable,
  expression: string,
): Promise<ColumnStatistics | null> {
  const [reference] = findAll(parseExpression(expression), 'ColumnRef');
  const name = lastName(reference?.fields);
  const column = table.columns.find((candidate) => candidate.name === name);
  const statistics = column?.statistics ?? null;
  if (column === undefined || statistics === null) return null;
  const frequencies = parseArrayText(statistics.mostCommonFrequencies).map(Number);
  const common = frequencies.reduce((sum, frequency) => sum + frequency, 0);
  const values = [
    statistics.mostCommonValues ?? '{}',
    statistics.mostCommonFrequencies ?? '{}',
    Math.max(0, 1 - statistics.nullFraction - common),
    statistics.histogramBounds ?? '{}',
  ];
  const quotedName = quoteIdentifier(name);
  for (const between of [valueBetween(column.type), null]) {
    try {
      const sql = imagesQuery(expression, quotedName, column.type, between);
      const images = (await query(sql, values)) as unknown as readonly Image[];
      return images.length === 0 ? null : statisticsOf(images, column, statistics, table.rows);
    } catch {
      // An infinite bound has no values between it and the next; other failures come again.
    }
  }
  return null;
}

/** Values taken between two bounds of a histogram, which has a hundred of them. */
const steps = 40;

/** SQL for the value at `k` of the steps from `v` to `next`; null where no value is in between. */
function valueBetween(type: string): string | null {
  const share = `(k::float8 / ${steps})`;
  if (/^(smallint|integer|bigint|real|double precision|numeric)/.test(type)) {
    return `(v::float8 + (next::float8 - v::float8) * ${share})::${type}`;
  }
  if (type === 'date') return `v + ((next - v) * ${share})::integer`;
  return type.startsWith('timestamp') ? `v + (next - v) * ${share}` : null;
}

function imagesQuery(
  expression: string,
  column: string,
  type: string,
  between: string | null,
): string {
  const inner =
    between === null
      ? 'SELECT v FROM bounds'
      : `SELECT coalesce(${between}, v) FROM bounds, generate_series(0, ${steps - 1}) k
         WHERE next IS NOT NULL OR k = 0`;
  return `
    WITH bounds AS (
      SELECT v, lead(v) OVER (ORDER BY at) AS next
      FROM unnest($4::text::${type}[]) WITH ORDINALITY u(v, at)),
    drawn(value, weight) AS (
      SELECT v, f FROM unnest($1::text::${type}[], $2::real[]) u(v, f)
      UNION ALL
      SELECT v, ($3::real / greatest(count(*) OVER (), 1))::real FROM (${inner}) i(v)),
    sample AS (
      SELECT value, sum(weight) AS weight, row_number() OVER (ORDER BY value) AS place
      FROM drawn GROUP BY value),
    images AS (
      SELECT image, sum(weight) AS weight, count(*) AS merged, min(place) AS first,
             max(place) AS last
      FROM (SELECT (${expression}) AS image, weight, place
            FROM (SELECT value AS ${column}, weight, place FROM sample) s) i
      WHERE image IS NOT NULL GROUP BY image)
    SELECT image::text AS image, weight::float8 AS weight, merged::int AS merged,
           first > coalesce(lag(last) OVER (ORDER BY images.image), 0) AS rising,
           avg(length(image::text)) OVER ()::float8 AS width
    FROM images ORDER BY images.image`;
}

interface Image {
  readonly image: string;
  readonly weight: number;
  /** How many values of the sample it stands for. */
  readonly merged: number;
  /** All its values come after those of the image before it. */
  readonly rising: boolean;
  readonly width: number;
}

/** As many as ANALYZE keeps by default (`default_statistics_target`). */
const maxCommonValues = 100;

function statisticsOf(
  images: readonly Image[],
  { type }: CatalogColumn,
  column: ColumnStatistics,
  rows: number,
): ColumnStatistics {
  const sampled = images.reduce((sum, image) => sum + image.merged, 0);
  const distinct = distinctImages(images.length, sampled, column.distinct, rows);
  const fewValues = images.length <= sampled / 2;
  // Values that fell together are common; the others stay a histogram, already in order.
  const common = new Set(
    images
      .filter((image) => (fewValues ? image.merged > 1 : image.weight > 2 / sampled))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, maxCommonValues),
  );
  const histogram = evenly(images.filter((image) => !common.has(image)));
  const list = [...common];
  return {
    nullFraction: column.nullFraction,
    averageWidth: Math.max(1, Math.round(images[0]?.width ?? column.averageWidth)),
    distinct,
    mostCommonValues: list.length === 0 ? null : formatArrayText(list.map(({ image }) => image)),
    mostCommonFrequencies:
      list.length === 0 ? null : `{${list.map(({ weight }) => weight).join(',')}}`,
    histogramBounds:
      histogram.length < 2 ? null : formatArrayText(histogram.map(({ image }) => image)),
    // Texts are put in an order of their own by most functions.
    correlation:
      images.every(({ rising }) => rising) && !/^(text|character)/.test(type)
        ? column.correlation
        : null,
  };
}

/**
 * Different values of the expression, as ANALYZE writes them. Of D equally likely images a sample of
 * n values meets D(1 − e^(−n/D)): solved for D, unless (nearly) every value had its own.
 */
function distinctImages(met: number, sampled: number, ofColumn: number, rows: number): number {
  const all = ofColumn < 0 ? -ofColumn * Math.max(rows, 0) : ofColumn;
  if (met > 0.98 * sampled) return ofColumn * (met / sampled);
  let low = met;
  let high = Math.max(all, met);
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (middle * (1 - Math.exp(-sampled / middle)) < met) low = middle;
    else high = middle;
  }
  return Math.round(low);
}

/** Bounds of parts of equal weight, no more of them than ANALYZE would keep. */
function evenly(images: readonly Image[]): readonly Image[] {
  if (images.length <= maxCommonValues + 1) return images;
  const total = images.reduce((sum, { weight }) => sum + weight, 0);
  const bounds: Image[] = [];
  let before = 0;
  for (const image of images) {
    while (
      bounds.length <= maxCommonValues &&
      before >= (bounds.length / maxCommonValues) * total
    ) {
      bounds.push(image);
    }
    before += image.weight;
  }
  const last = images.at(-1);
  return last === undefined ? bounds : [...bounds.slice(0, maxCommonValues), last];
}
