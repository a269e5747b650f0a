import type { CatalogIndex, CatalogTable } from '../artifacts/catalog.ts';
import { qualifiedName, quoteIdentifier, quoteTable } from '../sql/schema.ts';
import type { CompleteModel } from './lab-model.ts';
import type { DdlStep } from './schema-ddl.ts';

/** Indexes as they are defined, and those of partitions made parts of their parents' indexes. */
export function indexesDdl({ indexes, table }: CompleteModel): readonly DdlStep[] {
  return [
    ...indexes.flatMap((index) =>
      createIndex(index, table(index.schema, index.table)?.kind === 'partitioned'),
    ),
    ...indexes.flatMap(({ schema, name, partOf }) =>
      partOf === undefined
        ? []
        : [
            {
              sql: `ALTER INDEX ${quoteTable(partOf)} ATTACH PARTITION ${quoteTable({ schema, name })}`,
              subject: `the index ${qualifiedName(schema, name)} as a part of ${qualifiedName(partOf.schema, partOf.name)}`,
            },
          ],
    ),
  ];
}

/** The target's definition of a partitioned table's index says ON ONLY. */
function createIndex(index: CatalogIndex, isPartitioned: boolean): readonly DdlStep[] {
  const on = qualifiedName(index.schema, index.table);
  const subject = `the index ${qualifiedName(index.schema, index.name)} on ${on}`;
  const create = { sql: index.definition, subject };
  if (!index.primary) return [create];
  // Only a real primary key lets GROUP BY name just the key.
  const table = quoteTable({ schema: index.schema, name: index.table });
  const constraint = `ADD CONSTRAINT ${quoteIdentifier(index.name)} PRIMARY KEY`;
  if (isPartitioned) {
    const keys = index.keys.map(quoteIdentifier).join(', ');
    return [{ sql: `ALTER TABLE ONLY ${table} ${constraint} (${keys})`, subject }];
  }
  return [
    create,
    {
      sql: `ALTER TABLE ${table} ${constraint} USING INDEX ${quoteIdentifier(index.name)}`,
      subject,
    },
  ];
}

/** The planner estimates joins along foreign keys by them. */
export function foreignKeysDdl({ tables }: CompleteModel): readonly DdlStep[] {
  const present = new Map(tables.map((table) => [qualifiedName(table.schema, table.name), table]));
  return tables.flatMap((table) => foreignKeys(table, present));
}

function foreignKeys(
  table: CatalogTable,
  present: ReadonlyMap<string, CatalogTable>,
): readonly DdlStep[] {
  return table.foreignKeys.flatMap((key) => {
    const referenced = present.get(key.referencesTable);
    if (referenced === undefined) return [];
    const list = (columns: readonly string[]): string => columns.map(quoteIdentifier).join(', ');
    return [
      {
        sql: `ALTER TABLE ${quoteTable(table)} ADD FOREIGN KEY (${list(key.columns)})
              REFERENCES ${quoteTable(referenced)} (${list(key.referencesColumns)})`,
        subject: `the foreign key of ${qualifiedName(table.schema, table.name)} to ${key.referencesTable}`,
      },
    ];
  });
}
