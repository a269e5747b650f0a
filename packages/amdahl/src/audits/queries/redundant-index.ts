import type { DropExperiment } from '../../artifacts/experiments.ts';
import { qualifiedName, schemaOf, type Schema } from '../../sql/schema.ts';
import { counted, formatBytes } from '../../wording.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { dropRemedy, writesDetail, writeShare } from './drop-finding.ts';
import { redundantAmong, type Redundant } from './index-cover.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import { impactsOf } from './statement-finding.ts';
import { sum, type StatementUse } from './statement-use.ts';

export const redundantIndex: StatementAuditDefinition = defineStatementAudit({
  id: 'redundant-index',
  title: 'Indexes that another one makes superfluous',
  description:
    'An index whose columns another index begins with serves no statement the other does not. It ' +
    'still has to be kept up to date by every write, read into memory and backed up.',
  needs: ['catalog'],
  wants: ['experiments'],
  find: (uses, { catalog, experiments }) => {
    const schema = schemaOf(catalog);
    const byTable = Map.groupBy(catalog.indexes, (index) =>
      qualifiedName(index.schema, index.table),
    );
    return [...byTable].flatMap(([table, indexes]) => {
      const redundant = redundantAmong(indexes).filter(
        (each) => !isMissed(each, experiments?.drops ?? []),
      );
      return redundant.length === 0 ? [] : [toFinding(table, redundant, schema, uses)];
    });
  },
});

/** It must be at most this share of the index that covers it… */
const mostShareOfWider = 0.75;
/** …and without it a statement this much dearer (the line the lab draws when it advises one). */
const leastLoss = 0.05;

/**
 * Whether it earns its keep by being small: equal keys are stored once, so that an index of few
 * distinct ones is a fraction of one whose further keys make them all different.
 */
function isMissed({ index, coveredBy }: Redundant, drops: readonly DropExperiment[]): boolean {
  if (index.sizeBytes > mostShareOfWider * coveredBy.sizeBytes) return false;
  const name = qualifiedName(index.schema, index.name);
  return drops.some(
    ({ index: dropped, effects, lostMs, upkeepMs }) =>
      dropped === name &&
      lostMs > upkeepMs &&
      effects.some(({ costBefore, costAfter }) => costAfter >= costBefore * (1 + leastLoss)),
  );
}

function toFinding(
  table: string,
  redundant: readonly Redundant[],
  schema: Schema,
  uses: readonly StatementUse[],
): Finding {
  const owner = schema.tableNamed(table);
  const indexes = redundant.map(({ index }) => index);
  const prediction = writeShare(redundant.length, owner, uses, schema);
  return {
    id: findingId('redundant-index', table, ...indexes.map(({ name }) => name).toSorted()),
    audit: 'redundant-index',
    step: 'queries',
    title: `${table} keeps ${counted(redundant.length, 'index', 'indexes')} that ${redundant.length === 1 ? 'is' : 'are'} covered by others: ${formatBytes(sum(indexes, ({ sizeBytes }) => sizeBytes))}`,
    where: null,
    routes: impactsOf(prediction.gains),
    evidence: [
      {
        kind: 'table',
        title: 'Covered indexes',
        columns: [
          { label: 'Index', unit: 'none' },
          { label: 'Keys', unit: 'none' },
          { label: 'Covered by', unit: 'none' },
          { label: 'with keys', unit: 'none' },
          { label: 'Size', unit: 'bytes' },
          { label: 'Scans so far', unit: 'count' },
        ],
        rows: redundant.map(({ index, coveredBy }) => [
          index.name,
          index.keys.join(', '),
          coveredBy.name,
          coveredBy.keys.join(', '),
          index.sizeBytes,
          index.scans,
        ]),
      },
      writesDetail(owner, table),
    ],
    remedy: dropRemedy(indexes, owner, [
      'Indexes behind a constraint (primary key, unique) are not among them.',
      'If replicas serve other statements, look at their scans first: a prefix is covered there too, only somewhat longer to read.',
    ]),
    prediction,
  };
}
