import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Advice } from '../../src/advisor/advice.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';
import { CommandLine } from './amdahl.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let commandLine: CommandLine;

beforeEach(async () => {
  commandLine = await CommandLine.create();
});

afterEach(() => commandLine.end());

/** A few deliveries a day are merged into a stock that has no index to find its rows by. */
const merge = `MERGE INTO stock s USING (SELECT * FROM deliveries WHERE arrived = $1) d
  ON s.shop = d.shop AND s.sku = d.sku
  WHEN MATCHED THEN UPDATE SET quantity = s.quantity + d.quantity
  WHEN NOT MATCHED THEN INSERT (shop, sku, quantity) VALUES (d.shop, d.sku, d.quantity)`;

/** MERGE exists since PostgreSQL 15. */
const servers = [
  { name: 'the embedded PostgreSQL', programs: undefined, skip: false },
  {
    name: `PostgreSQL 15${needsSystemPostgres}`,
    programs: systemPostgres ?? undefined,
    skip: systemPostgres === null,
  },
];

for (const { name, programs, skip } of servers) {
  describe.skipIf(skip)(`on ${name}`, () => {
    let server: PostgresServer;

    beforeAll(async () => {
      server = await startPostgres({
        ...(programs === undefined ? {} : { programs }),
        settings: { shared_preload_libraries: 'pg_stat_statements' },
      });
      const client = new Client({ connectionString: server.url() });
      await client.connect();
      await client.query(`
        CREATE EXTENSION pg_stat_statements;
        CREATE TABLE stock (id serial PRIMARY KEY, shop int, sku int, quantity int);
        INSERT INTO stock (shop, sku, quantity) SELECT i % 40, i, 5 FROM generate_series(1, 60000) i;
        CREATE TABLE deliveries (id serial PRIMARY KEY, arrived date, shop int, sku int, quantity int);
        INSERT INTO deliveries (arrived, shop, sku, quantity)
          SELECT date '2026-01-01' + i / 10, i % 40, i, 1 FROM generate_series(1, 3000) i;
        CREATE INDEX ON deliveries (arrived);
        ANALYZE`);
      await client.query('SELECT pg_stat_statements_reset()');
      for (let day = 1; day <= 20; day += 1) await client.query(merge, [`2026-02-${day}`]);
      await client.end();
    });

    afterAll(() => server?.stop());

    test('a MERGE is planned, counted and given the index it joins by', async () => {
      const { stdout, stderr } = await commandLine.run(['sql', '--db', server.url(), '--json']);
      expect(stderr).not.toMatch(/AMDAHL_/);
      const advice = JSON.parse(stdout) as Advice;
      expect(advice.workload).toMatchObject({ statements: 1, calls: 20 });
      expect(advice.fidelity).toMatchObject({ same: 1, compared: 1 });
      expect(advice.migration.up).toMatch(
        /CREATE INDEX CONCURRENTLY \S+ ON stock \((sku|shop, sku|sku, shop)\)/,
      );
      const [finding] = advice.findings;
      expect(finding?.savedMs.mid).toBeGreaterThan((advice.workload.totalMs ?? 0) / 2);
    });
  });
}
