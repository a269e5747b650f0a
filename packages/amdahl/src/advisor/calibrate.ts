import { Client } from 'pg';
import { startPostgres } from '../lab/postgres.ts';
import { msPerCost, type CostSample } from '../lab/experiments/cost-calibration.ts';
import type { PlanNode } from '../artifacts/plans.ts';

/**
 * What a unit of planner cost takes on this machine, for workloads that nobody timed: statements in
 * files, views without timing. A table of known contents is read, looked up in, sorted and joined in
 * an embedded PostgreSQL, warm, and time is set against cost. The target may have other disks and
 * cores: figures that rest on this say so.
 */

const calibrationRows = 50_000;
/** Each statement is timed this often, the least time counts: noise only adds. */
const repetitions = 3;

const setUp = `
CREATE TABLE probe AS
SELECT i AS id, (i * 2654435761 % 25013)::int AS hashed, md5(i::text) AS filler
FROM generate_series(1, ${calibrationRows}) i;
CREATE UNIQUE INDEX ON probe (id);
CREATE INDEX ON probe (hashed);`;

const probes = [
  'SELECT count(*) FROM probe',
  `SELECT count(*) FROM probe WHERE filler LIKE 'abc%'`,
  'SELECT * FROM probe WHERE hashed BETWEEN 100 AND 900',
  'SELECT hashed, count(*) FROM probe GROUP BY hashed',
  'SELECT * FROM probe ORDER BY filler LIMIT 100',
  'SELECT a.id FROM probe a JOIN probe b ON a.id = b.hashed WHERE a.id < 5000',
  'SELECT * FROM probe WHERE id = 4711',
];

/**
 * Milliseconds per unit of planner cost, warm.
 *
 * @throws as `startPostgres` does
 */
export async function calibrate(signal: AbortSignal): Promise<number> {
  const server = await startPostgres({ settings: { max_parallel_workers_per_gather: '0' } });
  const client = new Client({ connectionString: server.url() });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(setUp);
    await client.query('VACUUM ANALYZE probe');
    const samples: CostSample[] = [];
    for (const text of probes) {
      signal.throwIfAborted();
      samples.push(await timed(client, text));
    }
    return msPerCost(samples) ?? 0;
  } finally {
    await client.end();
    await server.stop();
  }
}

async function timed(client: Client, text: string): Promise<CostSample> {
  let best: CostSample | null = null;
  for (let round = 0; round < repetitions; round += 1) {
    const { rows } = await client.query<{ 'QUERY PLAN': readonly Executed[] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`,
    );
    const executed = rows[0]?.['QUERY PLAN'][0];
    if (executed === undefined) throw new Error('EXPLAIN answered without a plan');
    const ms = executed['Execution Time'];
    if (best === null || ms < best.ms) {
      best = { cost: executed.Plan['Total Cost'], ms, totalMs: ms };
    }
  }
  return best as CostSample;
}

interface Executed {
  readonly Plan: PlanNode;
  readonly 'Execution Time': number;
}
