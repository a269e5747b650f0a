import type { IndexElem, Node } from 'libpg-query';
import type { CatalogIndex } from '../../artifacts/catalog.ts';
import { boundedGain } from '../../predict/amdahl.ts';
import { as } from '../../sql/ast.ts';
import { parseStatement } from '../../sql/parser.ts';
import { qualifiedName, quoteTable, schemaOf, type Schema } from '../../sql/schema.ts';
import { kindOf } from '../../sql/statement-shape.ts';
import { tablesOf } from '../../sql/tables-of.ts';
import { counted, formatBytes, formatCount } from '../../wording.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';
import type { Finding, RouteGain } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { addGains, impactsOf } from './statement-finding.ts';
import { sum, type StatementUse } from './statement-use.ts';

export const redundantIndex: StatementAuditDefinition = defineStatementAudit({
  id: 'redundant-index',
  title: 'Indexes that another one makes superfluous',
  description:
    'An index whose columns another index begins with serves no statement the other does not. It ' +
    'still has to be kept up to date by every write, read into memory and backed up.',
  needs: ['catalog'],
  find: (uses, { catalog }) => {
    const schema = schemaOf(catalog);
    const writes = uses.filter(isWrite);
    const byTable = Map.groupBy(catalog.indexes, (index) =>
      qualifiedName(index.schema, index.table),
    );
    return [...byTable].flatMap(([table, indexes]) => {
      const redundant = redundantAmong(indexes);
      return redundant.length === 0 ? [] : [toFinding(table, redundant, schema, writes)];
    });
  },
});

/** An index and the one that does its work as well. */
interface Redundant {
  readonly index: CatalogIndex;
  readonly coveredBy: CatalogIndex;
}

function redundantAmong(indexes: readonly CatalogIndex[]): readonly Redundant[] {
  const dropped = new Set<CatalogIndex>();
  const redundant: Redundant[] = [];
  // Shorter ones first; of twins the one that was used less.
  const candidates = indexes
    .filter((index) => !index.unique && !index.primary && !index.constraint)
    .toSorted((a, b) => a.keys.length - b.keys.length || a.scans - b.scans);
  for (const index of candidates) {
    const coveredBy = indexes.find(
      (other) => other !== index && !dropped.has(other) && covers(other, index),
    );
    if (coveredBy === undefined) continue;
    dropped.add(index);
    redundant.push({ index, coveredBy });
  }
  return redundant;
}

/** Whether `wide` begins with the keys of `narrow`, in its order and operator classes. */
function covers(wide: CatalogIndex, narrow: CatalogIndex): boolean {
  if (wide.method !== 'btree' || narrow.method !== 'btree') return false;
  if (wide.predicate !== narrow.predicate) return false;
  const [wideKeys, narrowKeys] = [keysOf(wide), keysOf(narrow)];
  if (narrowKeys.length === 0 || narrowKeys.length > wideKeys.length) return false;
  const carried = new Set([...wide.keys, ...wide.include]);
  return (
    narrowKeys.every((key, at) => key === wideKeys[at]) &&
    narrow.include.every((column) => carried.has(column))
  );
}

/** Each key with direction, operator class and collation, as comparable text. */
function keysOf(index: CatalogIndex): readonly string[] {
  const statement = as(parseStatement(index.definition).node, 'IndexStmt');
  return (statement?.indexParams ?? []).map((param: Node) => {
    const element: IndexElem = as(param, 'IndexElem') ?? {};
    return JSON.stringify(element, (name, value: unknown) =>
      name === 'location' ? undefined : value,
    );
  });
}

function isWrite(use: StatementUse): boolean {
  const { node } = parseStatement(use.exampleText);
  return node !== null && kindOf(node) !== null && kindOf(node) !== 'select';
}

function toFinding(
  table: string,
  redundant: readonly Redundant[],
  schema: Schema,
  writes: readonly StatementUse[],
): Finding {
  const owner = schema.tableNamed(table);
  const all = owner === null ? [] : schema.indexesOf(owner);
  const gains = addGains(
    writes
      .filter((use) => owner !== null && tablesOf(use.exampleText, schema).includes(owner))
      .flatMap((use) => gainsOf(use, redundant.length, all.length)),
  );
  const sizeBytes = sum(redundant, ({ index }) => index.sizeBytes);
  const { inserted = 0, updated = 0, deleted = 0 } = owner?.writes ?? {};
  const names = redundant.map(({ index }) => index.name);
  return {
    id: findingId('redundant-index', table, ...names.toSorted()),
    audit: 'redundant-index',
    step: 'queries',
    title: `${table} keeps ${counted(redundant.length, 'index', 'indexes')} that ${redundant.length === 1 ? 'is' : 'are'} covered by others: ${formatBytes(sizeBytes)}`,
    where: null,
    routes: impactsOf(gains),
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
      {
        kind: 'text',
        text: `Writes to ${table} so far: ${formatCount(inserted)} inserts, ${formatCount(updated)} updates, ${formatCount(deleted)} deletes.`,
      },
    ],
    remedy: {
      title: `Drop ${counted(redundant.length, 'index', 'indexes')}`,
      risk: 'low',
      actions: [
        'Run the statements outside a transaction; CONCURRENTLY waits for running statements and blocks none.',
        'Indexes behind a constraint (primary key, unique) are not among them.',
        'If replicas serve other statements, look at their scans first: a prefix is covered there too, only somewhat longer to read.',
      ],
      change: {
        kind: 'statement',
        title: 'Migration',
        sql: redundant
          .map(({ index }) => `DROP INDEX CONCURRENTLY ${quoteTable(index)};`)
          .join('\n'),
      },
      rollback: redundant
        .map(
          ({ index }) =>
            `${index.definition.replace(/^CREATE INDEX /, 'CREATE INDEX CONCURRENTLY ')};`,
        )
        .join(' '),
    },
    prediction: {
      method: 'write-share',
      explanation:
        `A write keeps the table and its ${counted(all.length, 'index', 'indexes')} up to date. At best each takes an equal part of the ` +
        `statement; at worst they are warm in memory and cost next to nothing.`,
      gains,
    },
  };
}

/** The planner charges nothing for keeping indexes; the bound is an equal part for each. */
function gainsOf(use: StatementUse, dropped: number, indexes: number): readonly RouteGain[] {
  return use.routes.map(({ measured, beforeMs, heldMs }) => {
    const high = (heldMs * dropped) / (indexes + 1);
    return boundedGain(measured.route, beforeMs, high, { low: 0, mid: high / 3, high });
  });
}
