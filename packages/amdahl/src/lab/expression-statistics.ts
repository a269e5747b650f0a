import type { CatalogTable, ColumnStatistics } from '../artifacts/catalog.ts';
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
  const bounds = statistics.histogramBounds;
  // As rows lie in the table; ANALYZE takes equal images in that order too.
  const lying = (statistics.correlation ?? 0) < 0 ? 'value DESC' : 'value';
  const sample = `
    WITH sample(value, weight) AS (
      SELECT v, f FROM unnest($1::text::${column.type}[], $2::real[]) u(v, f)
      UNION ALL
      SELECT v, ($3::real / greatest(count(*) OVER (), 1))::real
      FROM unnest($4::text::${column.type}[]) v),
    imaged AS (
      SELECT ${quoteIdentifier(name)} AS value, (${expression}) AS image, weight
      FROM (SELECT value AS ${quoteIdentifier(name)}, weight FROM sample) s),
    images AS (
      SELECT image, sum(weight) AS weight, count(*) AS merged FROM imaged
      WHERE image IS NOT NULL GROUP BY image),
    places AS (
      SELECT row_number() OVER (ORDER BY ${lying}) AS place,
             row_number() OVER (ORDER BY image, ${lying}) AS image_place
      FROM imaged WHERE image IS NOT NULL)
    SELECT image::text AS image, weight::float8 AS weight, merged::int AS merged,
           avg(length(image::text)) OVER ()::float8 AS width,
           (SELECT corr(place, image_place) FROM places)::float8 AS agreement
    FROM images ORDER BY images.image`;
  const frequencies = parseArrayText(statistics.mostCommonFrequencies).map(Number);
  const common = frequencies.reduce((sum, frequency) => sum + frequency, 0);
  const rest = Math.max(0, 1 - statistics.nullFraction - common);
  let images: readonly Image[];
  try {
    images = (await query(sample, [
      statistics.mostCommonValues ?? '{}',
      statistics.mostCommonFrequencies ?? '{}',
      rest,
      bounds ?? '{}',
    ])) as unknown as readonly Image[];
  } catch {
    return null;
  }
  return images.length === 0 ? null : statisticsOf(images, statistics);
}

interface Image {
  readonly image: string;
  readonly weight: number;
  /** How many values of the sample it stands for. */
  readonly merged: number;
  readonly width: number;
  /** Whether images come in the order the rows of their values lie in, -1..1. */
  readonly agreement: number | null;
}

/** As many as ANALYZE keeps by default (`default_statistics_target`). */
const maxCommonValues = 100;

function statisticsOf(images: readonly Image[], column: ColumnStatistics): ColumnStatistics {
  const sampled = images.reduce((sum, image) => sum + image.merged, 0);
  const fewValues = images.length <= sampled / 2;
  // Values that fell together are common; the others stay a histogram, already in order.
  const common = images
    .filter((image) => fewValues || image.weight > 2 / sampled)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, maxCommonValues);
  const histogram = images.filter((image) => !common.includes(image));
  return {
    nullFraction: column.nullFraction,
    averageWidth: Math.max(1, Math.round(images[0]?.width ?? column.averageWidth)),
    // Few images of many values: all of them were seen. Otherwise the expression keeps values apart
    // in the proportion it kept the sample's.
    distinct: fewValues ? images.length : column.distinct * (images.length / sampled),
    mostCommonValues:
      common.length === 0 ? null : formatArrayText(common.map(({ image }) => image)),
    mostCommonFrequencies:
      common.length === 0 ? null : `{${common.map(({ weight }) => weight).join(',')}}`,
    histogramBounds:
      histogram.length < 2 ? null : formatArrayText(histogram.map(({ image }) => image)),
    correlation: correlationOf(images, column),
  };
}

/** As far as rows lie in the order of the column, and their images in that of the rows. */
function correlationOf([first]: readonly Image[], column: ColumnStatistics): number | null {
  const agreement = first?.agreement ?? null;
  if (agreement === null || column.correlation === null) return null;
  return Math.abs(column.correlation) * agreement;
}
