import type { InvalidIndex } from '../../artifacts/catalog.ts';
import { qualifiedName, quoteTable } from '../../sql/schema.ts';
import { counted, listed } from '../../wording.ts';
import type { Finding } from '../finding.ts';
import { findingId } from '../finding-id.ts';
import { defineStatementAudit, type StatementAuditDefinition } from './statement-audit.ts';

export const invalidIndex: StatementAuditDefinition = defineStatementAudit({
  id: 'invalid-index',
  title: 'Indexes a failed build left behind',
  description:
    'CREATE INDEX CONCURRENTLY or REINDEX CONCURRENTLY was ended before its time: a lock timeout, a ' +
    'deadlock, a duplicate. What it left is marked invalid: no plan uses it, and most writes keep ' +
    'it up to date all the same.',
  needs: ['catalog'],
  find: (_uses, { catalog }) => {
    const byTable = Map.groupBy(catalog.invalidIndexes ?? [], (index) =>
      qualifiedName(index.schema, index.table),
    );
    return [...byTable].map(([table, indexes]) => toFinding(table, indexes));
  },
});

function toFinding(table: string, indexes: readonly InvalidIndex[]): Finding {
  const names = indexes.map(({ name }) => name);
  const rebuilt = indexes.filter(({ name }) => !/_ccnew\d*$|_ccold\d*$/.test(name));
  return {
    id: findingId('invalid-index', table, ...names.toSorted()),
    audit: 'invalid-index',
    step: 'queries',
    title: `${table} keeps ${counted(indexes.length, 'index', 'indexes')} that a failed build left invalid: ${listed(names)}`,
    where: null,
    routes: [],
    evidence: [
      {
        kind: 'table',
        title: 'Invalid indexes',
        columns: [
          { label: 'Index', unit: 'none' },
          { label: 'Definition', unit: 'none' },
          { label: 'Kept up by writes', unit: 'none' },
        ],
        rows: indexes.map(({ name, definition, ready }) => [
          name,
          definition,
          ready ? 'yes' : 'no',
        ]),
      },
    ],
    remedy: {
      title: `Drop ${counted(indexes.length, 'index', 'indexes')}, then build again what is wanted`,
      risk: 'low',
      actions: [
        'Outside a transaction. See that no build is running: it would look the same.',
        ...(rebuilt.length === 0
          ? ['They are leftovers of REINDEX CONCURRENTLY; the index they were to replace is there.']
          : [
              `If it is still wanted: ${rebuilt.map(({ definition }) => `${concurrently(definition)};`).join(' ')}`,
            ]),
      ],
      change: {
        kind: 'statement',
        title: 'Migration',
        sql: indexes.map((index) => `DROP INDEX CONCURRENTLY ${quoteTable(index)};`).join('\n'),
      },
      rollback: indexes.map(({ definition }) => `${concurrently(definition)};`).join(' '),
      drops: indexes.map(({ schema, name }) => qualifiedName(schema, name)),
    },
    prediction: {
      method: 'write-share',
      explanation: 'What writes save is not predicted; nothing can miss an invalid index.',
      gains: [],
    },
  };
}

function concurrently(definition: string): string {
  return definition.replace(/^CREATE (UNIQUE )?INDEX /, 'CREATE $1INDEX CONCURRENTLY ');
}
