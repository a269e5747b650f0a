import type { CatalogTable } from '../artifacts/catalog.ts';
import { qualifiedName, quoteIdentifier, quoteTable } from '../sql/schema.ts';
import { columnDdl, type DdlStep, type Missing } from './schema-ddl.ts';

/** Options of a server or foreign table that `postgres_fdw` plans by, without asking the server. */
const serverOptions = new Set([
  'fdw_startup_cost',
  'fdw_tuple_cost',
  'extensions',
  'async_capable',
]);
const tableOptions = new Set(['fetch_size', 'batch_size', 'async_capable']);

/** Before PostgreSQL 17 a row from afar was taken to cost this much; since then twenty times that. */
const earlierTupleCost = 'fdw_tuple_cost=0.01';

/**
 * Foreign tables of `postgres_fdw` are planned from local statistics and options, and EXPLAIN does
 * not connect: the lab gives them a server that does not exist.
 *
 * Answers the steps, those of servers first (for the superuser), and sentences on what differs.
 */
export function foreignDdl(
  tables: readonly CatalogTable[],
  missing: Missing,
  serverVersionNumber: number,
  owner: string,
): {
  readonly servers: readonly DdlStep[];
  readonly tables: readonly DdlStep[];
  readonly warnings: readonly string[];
} {
  const servers = new Map<string, DdlStep[]>();
  const steps: DdlStep[] = [];
  const warnings: string[] = [];
  for (const table of tables) {
    const name = qualifiedName(table.schema, table.name);
    if (table.foreign === undefined || table.foreign.wrapper !== 'postgres_fdw') {
      warnings.push(
        `The lab has not the foreign table ${name}: it has no wrapper ${table.foreign?.wrapper ?? ''}.`,
      );
      continue;
    }
    const { server, options } = table.foreign;
    if (options.includes('use_remote_estimate=true')) {
      warnings.push(`The lab cannot ask the server of the foreign table ${name} for estimates.`);
    }
    if (!servers.has(server)) {
      const version = serverVersionNumber < 170_000 ? [earlierTupleCost] : [];
      servers.set(server, createServer(server, [...version, ...options], owner));
    }
    const columns = table.columns.map((column) => columnDdl(column, missing, true));
    steps.push({
      sql: `CREATE FOREIGN TABLE ${quoteTable(table)} (${columns.join(', ')})
            SERVER ${quoteIdentifier(server)} ${optionsSql(options, tableOptions)}`,
      subject: `the foreign table ${name}`,
    });
  }
  return { servers: [...servers.values()].flat(), tables: steps, warnings };
}

function createServer(name: string, options: readonly string[], owner: string): DdlStep[] {
  const subject = `the foreign server ${name}`;
  const server = quoteIdentifier(name);
  return [
    { sql: 'CREATE EXTENSION IF NOT EXISTS postgres_fdw', subject },
    {
      sql: `CREATE SERVER ${server} FOREIGN DATA WRAPPER postgres_fdw ${optionsSql(options, serverOptions)}`,
      subject,
    },
    { sql: `GRANT USAGE ON FOREIGN SERVER ${server} TO ${owner}`, subject },
  ];
}

/** The last of equal names wins: a table's options stand behind its server's. */
function optionsSql(options: readonly string[], known: ReadonlySet<string>): string {
  const chosen = new Map(
    options.flatMap((option) => {
      const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(option) ?? [];
      return known.has(name) ? [[name, value] as const] : [];
    }),
  );
  if (chosen.size === 0) return '';
  const list = [...chosen].map(([name, value]) => `${name} '${value.replaceAll("'", "''")}'`);
  return `OPTIONS (${list.join(', ')})`;
}
