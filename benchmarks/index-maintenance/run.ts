/** What keeping and building an index takes, by kind; see README.md. Writes results/results.md. */
import { writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { median } from '@amdahl/metrics';
import { startPostgres } from 'amdahl/lab';
import { Client } from 'pg';

const rounds = 5;
const rows = 300_000;
const inserted = 100_000;
const changed = 50_000;

/** `none` is the table by itself: what the others are held against. */
const kinds: Readonly<Record<string, string>> = {
  none: '',
  'integer, random': '(hashed)',
  'integer, ascending': '(id)',
  'text of 32': '(filler)',
  'two integers, INCLUDE one': '(hashed, other) INCLUDE (id)',
  'lower(text)': '(lower(filler))',
  'GIN trigram, text of 32': 'USING gin (filler gin_trgm_ops)',
};

interface Figures {
  readonly insertUs: number;
  readonly updateKeyUs: number;
  readonly updateOtherUs: number;
  readonly deleteUs: number;
  readonly buildMs: number;
  readonly concurrentMs: number;
}

const server = await startPostgres({
  settings: {
    autovacuum: 'off',
    shared_buffers: '512MB',
    max_wal_size: '4GB',
    max_parallel_maintenance_workers: '0',
  },
});
const client = new Client({ connectionString: server.url() });
await client.connect();
await client.query('CREATE EXTENSION pg_trgm');
const samples = new Map<string, Figures[]>(Object.keys(kinds).map((kind) => [kind, []]));
try {
  for (let round = 0; round < rounds; round += 1) {
    const order = Object.entries(kinds);
    for (const [kind, index] of round % 2 === 0 ? order : order.toReversed()) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${kind}\n`);
      const figures = await measure(index);
      if (round > 0) samples.get(kind)?.push(figures);
    }
  }
} finally {
  await client.end();
  await server.stop();
}

async function measure(index: string): Promise<Figures> {
  await client.query(`DROP TABLE IF EXISTS t`);
  // Half-empty pages leave room for heap-only tuples, as a table that is vacuumed has it.
  await client.query(`CREATE TABLE t (id int, hashed int, other int, filler text, padding text)
    WITH (fillfactor = 50)`);
  await client.query(`INSERT INTO t ${rowsFrom(1, rows)}`);
  const build = async (how: string): Promise<number> =>
    index === '' ? 0 : timed(`CREATE INDEX ${how} t_idx ON t ${index}`);
  const concurrentMs = await build('CONCURRENTLY');
  if (index !== '') await client.query('DROP INDEX t_idx');
  const buildMs = await build('');
  await client.query('VACUUM ANALYZE t');
  const perRow = async (statement: string, count: number): Promise<number> =>
    ((await timed(statement)) / count) * 1_000;
  const insertUs = await perRow(`INSERT INTO t ${rowsFrom(rows + 1, rows + inserted)}`, inserted);
  const range = (from: number): string => `id > ${from} AND id <= ${from + changed}`;
  const updateOtherUs = await perRow(`UPDATE t SET padding = 'x' WHERE ${range(0)}`, changed);
  const updateKeyUs = await perRow(
    `UPDATE t SET hashed = hashed + 1, id = id + 10000000, filler = md5(filler) WHERE ${range(changed)}`,
    changed,
  );
  const deleteMs = await timed(`DELETE FROM t WHERE ${range(2 * changed)}`);
  const vacuumMs = await timed('VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) t');
  const deleteUs = ((deleteMs + vacuumMs) / (3 * changed)) * 1_000;
  return { insertUs, updateKeyUs, updateOtherUs, deleteUs, buildMs, concurrentMs };
}

function rowsFrom(first: number, last: number): string {
  return `SELECT i, (i * 2654435761 % 100003)::int, i % 1000, md5(i::text), repeat('p', 60)
    FROM generate_series(${first}::bigint, ${last}) i`;
}

async function timed(statement: string): Promise<number> {
  const start = performance.now();
  await client.query(statement);
  return performance.now() - start;
}

function cell(kind: string, figure: (figures: Figures) => number): string {
  const values = (samples.get(kind) ?? []).map(figure);
  const format = (value: number): string => String(Number(value.toPrecision(3)));
  return `${format(median(values))} (${format(Math.min(...values))}–${format(Math.max(...values))})`;
}

/** Above the table without an index: its median is taken off each sample. */
function above(figure: (figures: Figures) => number): (figures: Figures) => number {
  const base = median((samples.get('none') ?? []).map(figure));
  return (figures) => figure(figures) - base;
}

const thousandsPerSecond = (ms: number): number => rows / ms;
const columns: readonly (readonly [string, (figures: Figures) => number])[] = [
  ['insert, µs', above(({ insertUs }) => insertUs)],
  ['update of its columns, µs', above(({ updateKeyUs }) => updateKeyUs)],
  ['update of others, µs', above(({ updateOtherUs }) => updateOtherUs)],
  ['delete and VACUUM, µs', above(({ deleteUs }) => deleteUs)],
  ['built, thousand rows/s', ({ buildMs }) => thousandsPerSecond(buildMs)],
  ['CONCURRENTLY, thousand rows/s', ({ concurrentMs }) => thousandsPerSecond(concurrentMs)],
];
const names = Object.keys(kinds).filter((kind) => kind !== 'none');
const report = `# Index maintenance: results

${new Date().toISOString().slice(0, 10)}. PostgreSQL 18 (embedded), Node ${process.version}, \
${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}.

By row, above what the same table takes without the index: median of ${rounds - 1} tables, least and \
greatest in brackets. Without any index an inserted row takes ${cell('none', ({ insertUs }) => insertUs)} µs, \
an updated one ${cell('none', ({ updateOtherUs }) => updateOtherUs)} µs.

| | ${columns.map(([title]) => title).join(' | ')} |
|---|${columns.map(() => '---').join('|')}|
${names.map((kind) => `| ${kind} | ${columns.map(([, figure]) => cell(kind, figure)).join(' | ')} |`).join('\n')}
`;
writeFileSync(new URL('results/results.md', import.meta.url), report);
process.stdout.write(report);
