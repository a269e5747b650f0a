import type { CatalogIndex, CatalogTable } from '../../artifacts/catalog.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { parseStatement } from '../../sql/parser.ts';
import { qualifiedName, quoteTable, type Schema } from '../../sql/schema.ts';
import { kindOf } from '../../sql/statement-shape.ts';
import { tablesOf } from '../../sql/tables-of.ts';
import { counted, formatCount } from '../../wording.ts';
import type { Detail } from '../detail.ts';
import type { Prediction, Remedy, RouteGain } from '../finding.ts';
import { addGains } from './statement-finding.ts';
import type { StatementUse } from './statement-use.ts';

/** What findings that drop indexes of one table have in common. */

/** How to drop them on a live database, and the exact way back. */
export function dropRemedy(
  indexes: readonly CatalogIndex[],
  table: CatalogTable | null,
  advice: readonly string[],
): Remedy {
  // PostgreSQL cannot drop or build the index of a partitioned table concurrently.
  const whole = table?.kind === 'partitioned';
  const how = whole ? '' : 'CONCURRENTLY ';
  return {
    title: `Drop ${counted(indexes.length, 'index', 'indexes')}`,
    risk: 'low',
    actions: [
      whole
        ? 'Set a lock timeout: dropping the index of a partitioned table locks it for a moment.'
        : 'Run the statements outside a transaction; CONCURRENTLY waits for running statements and blocks none.',
      ...advice,
    ],
    change: {
      kind: 'statement',
      title: 'Migration',
      sql: indexes.map((index) => `DROP INDEX ${how}${quoteTable(index)};`).join('\n'),
    },
    rollback: indexes
      .map(({ definition }) => `${definition.replace(/^CREATE INDEX /, `CREATE INDEX ${how}`)};`)
      .join(' '),
    drops: indexes.map(({ schema, name }) => qualifiedName(schema, name)),
  };
}

/** Writes to the table since counters count. */
export function writesDetail(table: CatalogTable | null, name: string): Detail {
  const { inserted = 0, updated = 0, deleted = 0 } = table?.writes ?? {};
  return {
    kind: 'text',
    text: `Writes to ${name} so far: ${formatCount(inserted)} inserts, ${formatCount(updated)} updates, ${formatCount(deleted)} deletes.`,
  };
}

/** The planner charges nothing for keeping indexes; the bound is an equal part for each. */
export function writeShare(
  dropped: number,
  table: CatalogTable | null,
  uses: readonly StatementUse[],
  schema: Schema,
): Prediction {
  const all = table === null ? 0 : schema.indexesOf(table).length;
  const gains = addGains(
    uses
      .filter((use) => isWrite(use) && table !== null)
      .filter((use) => tablesOf(use.exampleText, schema).includes(table as CatalogTable))
      .flatMap((use) => gainsOf(use, dropped, all)),
  );
  return {
    method: 'write-share',
    explanation:
      `A write keeps the table and its ${counted(all, 'index', 'indexes')} up to date. At best each takes an equal part of the ` +
      `statement; at worst they are warm in memory and cost next to nothing.`,
    gains,
  };
}

function isWrite(use: StatementUse): boolean {
  const { node } = parseStatement(use.exampleText);
  return node !== null && kindOf(node) !== null && kindOf(node) !== 'select';
}

function gainsOf(use: StatementUse, dropped: number, indexes: number): readonly RouteGain[] {
  return use.routes.map(({ measured, beforeMs, heldMs }) => {
    const high = (heldMs * dropped) / (indexes + 1);
    return boundedGain(measured.route, beforeMs, high, { low: 0, mid: high / 3, high });
  });
}
