import type { CatalogArtifact, CatalogIndex, CatalogTable } from '../../artifacts/catalog.ts';
import type { DropExperiment } from '../../artifacts/experiments.ts';
import { qualifiedName, schemaOf, type Schema } from '../../sql/schema.ts';
import { counted, formatBytes, formatCount } from '../../wording.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { dropRemedy, writesDetail, writeShare } from './drop-finding.ts';
import { redundantAmong } from './index-cover.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import { impactsOf } from './statement-finding.ts';
import { sum, type StatementUse } from './statement-use.ts';
import { aboutReplicas } from './uncounted-scans.ts';

/**
 * Bytes of index entries for each byte of a row, over all indexes: how pganalyze's index advisor
 * measures what writes pay (L. Fittl, "Automated index selection with constraint programming",
 * PGDay Chicago 2024). From one on, a write moves more bytes in indexes than in the table.
 */
const mostIndexBytes = 1;
/** With fewer writes the price is never paid (pgdoctor's line for an index hardly used). */
const leastWrites = 10_000;
/** An index read less often than the table is written earns its keep hardly (pgdoctor: 1,000). */
const mostScans = 1_000;

export const overIndexedTable: StatementAuditDefinition = defineStatementAudit({
  id: 'over-indexed-table',
  title: 'Tables whose writes pay for indexes hardly read',
  description:
    'The entries of the table’s indexes take more bytes than its rows, it is written to far more ' +
    'often than some of them are read, and without those the captured statements would take hardly ' +
    'longer: each was taken out in the database lab.',
  needs: ['catalog', 'experiments'],
  find: (uses, { catalog, experiments }) => {
    const schema = schemaOf(catalog);
    const drops = new Map((experiments.drops ?? []).map((drop) => [drop.index, drop]));
    return catalog.tables.flatMap((table): readonly Finding[] => {
      const { inserted, updated, deleted } = table.writes;
      const writes = inserted + updated + deleted;
      if (writes < leastWrites || indexBytesPerRowByte(table, schema) < mostIndexBytes) return [];
      const superfluous = superfluousOn(table, schema, drops, writes);
      return superfluous.length === 0 ? [] : [toFinding(table, superfluous, catalog, schema, uses)];
    });
  },
});

interface Superfluous {
  readonly index: CatalogIndex;
  readonly drop: DropExperiment;
}

/** Hardly read, and kept up for more than the statements would lose without. */
function superfluousOn(
  table: CatalogTable,
  schema: Schema,
  drops: ReadonlyMap<string, DropExperiment>,
  writes: number,
): readonly Superfluous[] {
  const indexes = schema.indexesOf(table);
  const redundant = new Set(redundantAmong(indexes).map(({ index }) => index));
  return indexes.flatMap((index): readonly Superfluous[] => {
    const drop = drops.get(qualifiedName(index.schema, index.name));
    // Never read at all is another audit's, which asks how long that has been so.
    if (drop === undefined || index.scans === 0 || redundant.has(index)) return [];
    if (index.scans > mostScans || index.scans >= writes) return [];
    const pays = drop.effects.length > 0 && drop.lostMs >= drop.upkeepMs;
    return pays ? [] : [{ index, drop }];
  });
}

/** How many bytes of index entries a byte of a row has beside it. */
function indexBytesPerRowByte(table: CatalogTable, schema: Schema): number {
  const indexBytes = sum(schema.indexesOf(table), ({ sizeBytes }) => sizeBytes);
  return table.sizeBytes === 0 ? 0 : indexBytes / table.sizeBytes;
}

function toFinding(
  table: CatalogTable,
  superfluous: readonly Superfluous[],
  catalog: CatalogArtifact,
  schema: Schema,
  uses: readonly StatementUse[],
): Finding {
  const name = qualifiedName(table.schema, table.name);
  const indexes = superfluous.map(({ index }) => index);
  const prediction = writeShare(indexes.length, table, uses, schema);
  const all = schema.indexesOf(table);
  const share = indexBytesPerRowByte(table, schema);
  return {
    id: findingId('over-indexed-table', name, ...indexes.map((index) => index.name).toSorted()),
    audit: 'over-indexed-table',
    step: 'queries',
    title: `${name} keeps ${formatCount(Number(share.toPrecision(2)))} bytes of index for each byte of its rows, and ${counted(indexes.length, 'index', 'indexes')} of ${all.length} ${indexes.length === 1 ? 'is' : 'are'} hardly read: ${formatBytes(sum(indexes, ({ sizeBytes }) => sizeBytes))}`,
    where: null,
    routes: impactsOf(prediction.gains),
    evidence: [
      {
        kind: 'table',
        title: 'Indexes hardly missed',
        columns: [
          { label: 'Index', unit: 'none' },
          { label: 'Keys', unit: 'none' },
          { label: 'Size', unit: 'bytes' },
          { label: 'Scans so far', unit: 'count' },
          { label: 'Statements that miss it', unit: 'count' },
          { label: 'They take longer', unit: 'ms' },
          { label: 'Writes take less', unit: 'ms' },
        ],
        rows: superfluous.map(({ index, drop }) => [
          index.name,
          index.keys.join(', '),
          index.sizeBytes,
          index.scans,
          drop.effects.length,
          drop.lostMs,
          drop.upkeepMs,
        ]),
      },
      writesDetail(table, name),
    ],
    remedy: dropRemedy(indexes, table, [
      'Drop one at a time and watch for a day: statements that were not captured may want it.',
      aboutReplicas(catalog),
    ]),
    prediction,
  };
}
