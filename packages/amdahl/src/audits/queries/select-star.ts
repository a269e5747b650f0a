import { formatMs } from '@amdahl/metrics';
import type { CatalogColumn, CatalogIndex, CatalogTable } from '../../artifacts/catalog.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { parseStatement } from '../../sql/parser.ts';
import { qualifiedName, schemaOf, type Schema } from '../../sql/schema.ts';
import { shapeOf } from '../../sql/statement-shape.ts';
import { starredTables, withoutStars } from '../../sql/starred-tables.ts';
import { counted, formatBytes, formatShare, listed, shortened } from '../../wording.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import type { Finding, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { addGains, codeDetail, impactsOf, statementDetail } from './statement-finding.ts';
import { sum, type StatementUse } from './statement-use.ts';
import { transferMs, type Storage } from './transfer-cost.ts';

/**
 * A column is wide from here on: as much as sixteen numbers. Narrower ones cost less than the trouble
 * of naming columns.
 */
const wideBytes = 128;
/** Below a first flight of TCP packets (ten segments, RFC 6928) nothing is gained by leaving out. */
const leastBytesPerRequest = 14_600;
/** Wide columns must be most of what is sent. */
const leastShareOfBytes = 0.5;
/** A value kept out of line leaves a pointer of this many bytes in the row, which ANALYZE measures. */
const pointerBytes = 18;

export const selectStar: StatementAuditDefinition = defineStatementAudit({
  id: 'select-star',
  title: 'Columns nobody asked for by name',
  description:
    'SELECT * fetches every column, long texts and documents included, which the database has to ' +
    'read, often from another place than the row, the network to carry and the app to parse. It ' +
    'also keeps covering indexes from being used.',
  needs: ['catalog'],
  find: (uses, { catalog }) => {
    const schema = schemaOf(catalog);
    const stars = uses.flatMap((use) => starOf(use, schema) ?? []);
    // One cause for each table: the statements over it are usually built from one list of columns.
    return [...Map.groupBy(stars, (star) => star.table).values()].map((group) =>
      toFinding(group as [Star, ...Star[]], schema),
    );
  },
});

/** A statement whose star fetches wide columns. */
interface Star {
  readonly use: StatementUse;
  readonly table: CatalogTable;
  readonly wide: readonly CatalogColumn[];
  readonly bytesPerRow: number;
  readonly wideBytesPerRow: number;
}

function starOf(use: StatementUse, schema: Schema): Star | null {
  const tables = starredTables(use.exampleText, schema);
  const table = tables.toSorted((a, b) => wideColumns(b).length - wideColumns(a).length)[0];
  if (table === undefined || use.rows === 0) return null;
  const wide = wideColumns(table);
  // Nobody but an agent sees the bytes; else they are what the columns take on average.
  const bytesPerRow = use.bytes > 0 ? use.bytes / use.rows : sum(tables, rowBytes);
  const narrow = sum(tables, (each) =>
    sum(
      each.columns.filter((column) => !wide.includes(column)),
      widthOf,
    ),
  );
  const wideBytesPerRow = Math.max(0, bytesPerRow - narrow);
  const worst = Math.max(
    ...use.routes.map(
      ({ count, measured }) => rowsPerRequest(use, count, measured.count) * wideBytesPerRow,
    ),
  );
  if (wide.length === 0 || worst < leastBytesPerRequest) return null;
  if (wideBytesPerRow < leastShareOfBytes * bytesPerRow) return null;
  return { use, table, wide, bytesPerRow, wideBytesPerRow };
}

function rowsPerRequest(use: StatementUse, executions: number, requests: number): number {
  return (use.rows / use.count) * (executions / requests);
}

/** With what is kept out of line, of which the column's own width is but a pointer. */
function rowBytes(table: CatalogTable): number {
  return sum(table.columns, widthOf) + (table.toastBytes ?? 0) / Math.max(table.rows, 1);
}

function widthOf(column: CatalogColumn): number {
  return column.statistics?.averageWidth ?? 0;
}

function storageOf(table: CatalogTable): Storage {
  const bytesPerRow = (table.toastBytes ?? 0) / Math.max(table.rows, 1);
  return bytesPerRow >= wideBytes ? 'out-of-line' : 'in-row';
}

function wideColumns(table: CatalogTable): readonly CatalogColumn[] {
  const outOfLine = storageOf(table) === 'out-of-line';
  return table.columns.filter((column) => {
    const width = widthOf(column);
    const isPointer = outOfLine && Math.abs(width - pointerBytes) <= 1;
    return width >= wideBytes || (isPointer && variableLength.test(column.type));
  });
}

const variableLength = /^(text|jsonb?|xml|bytea|character varying|.*\[\])/;

function toFinding(stars: readonly [Star, ...Star[]], schema: Schema): Finding {
  const [{ use, table, wide }] = stars;
  const name = qualifiedName(table.schema, table.name);
  const wideNames = listed(
    wide.map((column) => column.name),
    5,
  );
  const gains = addGains(stars.flatMap(gainsOf));
  const wasted = sum(stars, (star) => star.use.rows * star.wideBytesPerRow);
  const sent = sum(stars, (star) => star.use.rows * star.bytesPerRow);
  const storage = storageOf(table);
  return {
    id: findingId('select-star', name),
    audit: 'select-star',
    step: 'queries',
    title: `${counted(stars.length, 'statement')} ${stars.length === 1 ? 'fetches' : 'fetch'} every column of ${name}; ${wideNames} ${wide.length === 1 ? 'is' : 'are'} ${formatShare(wasted / sent)} of the bytes`,
    where: use.callSite,
    routes: impactsOf(gains),
    evidence: [
      statementDetail(use),
      ...codeDetail(use.callSite),
      {
        kind: 'table',
        title: 'Statements with a star',
        columns: [
          { label: 'Statement', unit: 'none' },
          { label: 'Rows each', unit: 'count' },
          { label: 'Bytes a row', unit: 'bytes' },
          { label: 'of which wide columns', unit: 'bytes' },
        ],
        rows: stars.map((star) => [
          shortened(star.use.text, 100),
          star.use.rows / star.use.count,
          star.bytesPerRow,
          star.wideBytesPerRow,
        ]),
      },
    ],
    remedy: {
      title: 'Name the columns the page shows',
      risk: 'low',
      actions: [
        `See which columns the code reads; ${wideNames} make rows of ${formatBytes(stars[0].bytesPerRow)}.`,
        'List those columns in the SELECT, and leave the wide ones to the page that shows a single row.',
        ...coveringAdvice(stars, schema),
      ],
      change: changeOf(use, wide, schema),
      rollback: 'Select the columns again.',
    },
    prediction: {
      method: 'transfer-cost',
      explanation:
        `Without the wide columns results are smaller by ${formatShare(wasted / sent)}. Fetching, sending and ` +
        `parsing them takes ${storage === 'in-row' ? '1 to 10' : '5 to 60'} nanoseconds a byte where they ` +
        `are kept ${storage === 'in-row' ? 'in the row' : 'out of line'}: about ` +
        `${formatMs(transferMs(0, sum(stars, wastedBytesEach), storage).mid)} for one execution of each.`,
      gains,
    },
  };
}

/** An index that holds all a statement searches and sorts by would do without the table. */
function coveringAdvice(stars: readonly Star[], schema: Schema): readonly string[] {
  const indexes = stars.flatMap(({ use, table }) => coveringIndexes(use, table, schema));
  return [...new Map(indexes.map((index) => [index.name, index])).values()].map(
    ({ name, keys, include }) =>
      `Where ${listed([...keys, ...include], 6)} suffice, ${name} answers by itself (an index-only scan); the star sends every row found there to the table.`,
  );
}

function coveringIndexes(
  use: StatementUse,
  table: CatalogTable,
  schema: Schema,
): readonly CatalogIndex[] {
  const { node } = parseStatement(use.exampleText);
  const shape = node === null ? null : shapeOf(node, schema, use.exampleParameters[0] ?? []);
  const asked = new Set(
    (shape?.blocks ?? []).flatMap(({ predicates, sort }) =>
      [...predicates, ...sort]
        .filter(({ relation }) => relation.table === table)
        .map(({ column }) => column.name),
    ),
  );
  if (asked.size === 0) return [];
  return schema.indexesOf(table).filter((index) => {
    const held = new Set([...index.keys, ...index.include]);
    const leads = asked.has(index.keys[0] ?? '');
    return (
      index.predicate === null &&
      held.size > 1 &&
      leads &&
      [...asked].every((name) => held.has(name))
    );
  });
}

function wastedBytesEach({ use, wideBytesPerRow }: Star): number {
  return (use.rows / use.count) * wideBytesPerRow;
}

function gainsOf({ use, table, bytesPerRow, wideBytesPerRow }: Star): readonly RouteGain[] {
  return use.routes.map(({ measured, beforeMs, heldMs, count }) => {
    const bytes = rowsPerRequest(use, count, measured.count) * wideBytesPerRow;
    return boundedGain(
      measured.route,
      beforeMs,
      (heldMs * wideBytesPerRow) / bytesPerRow,
      transferMs(0, bytes, storageOf(table)),
    );
  });
}

function changeOf(
  use: StatementUse,
  wide: readonly CatalogColumn[],
  schema: Schema,
): Finding['remedy']['change'] {
  const after = withoutStars(
    use.exampleText,
    schema,
    (table, name) => !table.columns.some((column) => column.name === name && wide.includes(column)),
  );
  if (after === null) return null;
  return {
    kind: 'diff',
    title: 'Without the wide columns',
    language: 'sql',
    before: use.exampleText,
    after,
  };
}
