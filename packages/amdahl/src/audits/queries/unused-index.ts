import type { CatalogArtifact, CatalogIndex } from '../../artifacts/catalog.ts';
import type { DropExperiment } from '../../artifacts/experiments.ts';
import { neededFor } from '../../sql/index-needs.ts';
import { qualifiedName, schemaOf, type Schema } from '../../sql/schema.ts';
import { counted, formatBytes } from '../../wording.ts';
import { NotMeasured } from '../audit.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { countingDays } from './counting-days.ts';
import { dropRemedy, writesDetail, writeShare } from './drop-finding.ts';
import { redundantAmong } from './index-cover.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import { impactsOf } from './statement-finding.ts';
import { aboutReplicas, uncountedScans } from './uncounted-scans.ts';
import { sum, type StatementUse } from './statement-use.ts';

/** Before that a weekly report, a month's end, may not have come by (pgdoctor asks for as many). */
const leastDays = 7;
/** Smaller ones cost next to nothing (pg-extras draws the line here)… */
const leastBytes = 1_000_000;
/** …unless so many writes had to keep them up (pgdoctor). */
const leastWrites = 10_000;

export const unusedIndex: StatementAuditDefinition = defineStatementAudit({
  id: 'unused-index',
  title: 'Indexes that nothing reads',
  description:
    'No scan has used the index since the server, and each replica given, began to count, no captured statement’s plan ' +
    'misses it in the database lab, and neither a constraint nor a foreign key needs it. Every ' +
    'write keeps it up to date all the same.',
  needs: ['catalog'],
  wants: ['experiments'],
  find: (uses, { catalog, experiments }) => {
    const schema = schemaOf(catalog);
    const unused = unusedIn(catalog, schema, experiments?.drops ?? []);
    if (unused.length === 0) return [];
    const days = countingDays(catalog);
    // Evidence too young, or of some of the servers only, is no evidence of absence.
    const uncounted = uncountedScans(catalog);
    if (uncounted !== null) throw new NotMeasured(uncounted);
    if (days === null || days < leastDays) {
      throw new NotMeasured(
        `usage counters ${days === null ? 'do not say since when they count' : `count since ${counted(Math.floor(days), 'day')} only`}, and ${leastDays} days are needed to call an index unused`,
      );
    }
    const byTable = Map.groupBy(unused, (index) => qualifiedName(index.schema, index.table));
    return [...byTable].map(([table, indexes]) =>
      toFinding(table, indexes, days, catalog, schema, uses),
    );
  },
});

function unusedIn(
  { indexes }: CatalogArtifact,
  schema: Schema,
  drops: readonly DropExperiment[],
): readonly CatalogIndex[] {
  const missed = new Set(
    drops.filter(({ effects }) => effects.length > 0).map((drop) => drop.index),
  );
  return indexes.filter((index) => {
    const table = schema.tableNamed(qualifiedName(index.schema, index.table));
    if (table === null || index.scans > 0 || neededFor(index, table, schema) !== null) return false;
    const { inserted, updated, deleted } = table.writes;
    const isWorthIt = index.sizeBytes >= leastBytes || inserted + updated + deleted >= leastWrites;
    if (!isWorthIt || missed.has(qualifiedName(index.schema, index.name))) return false;
    // Another audit has those.
    return redundantAmong(schema.indexesOf(table)).every((each) => each.index !== index);
  });
}

function toFinding(
  table: string,
  indexes: readonly CatalogIndex[],
  days: number,
  catalog: CatalogArtifact,
  schema: Schema,
  uses: readonly StatementUse[],
): Finding {
  const owner = schema.tableNamed(table);
  const prediction = writeShare(indexes.length, owner, uses, schema);
  const servers = 1 + (catalog.replicas?.length ?? 0);
  const where = servers === 1 ? '' : ` on any of ${servers} servers`;
  return {
    id: findingId('unused-index', table, ...indexes.map(({ name }) => name).toSorted()),
    audit: 'unused-index',
    step: 'queries',
    title: `${table} keeps ${counted(indexes.length, 'index', 'indexes')} that nothing has read${where} in ${counted(Math.floor(days), 'day')}: ${formatBytes(sum(indexes, ({ sizeBytes }) => sizeBytes))}`,
    where: null,
    routes: impactsOf(prediction.gains),
    evidence: [
      {
        kind: 'table',
        title: 'Unused indexes',
        columns: [
          { label: 'Index', unit: 'none' },
          { label: 'Keys', unit: 'none' },
          { label: 'Size', unit: 'bytes' },
        ],
        rows: indexes.map(({ name, keys, sizeBytes }) => [name, keys.join(', '), sizeBytes]),
      },
      writesDetail(owner, table),
    ],
    remedy: dropRemedy(indexes, owner, [
      aboutReplicas(catalog),
      'A report that runs once a quarter may still want it; the rollback builds it again.',
    ]),
    prediction,
  };
}
