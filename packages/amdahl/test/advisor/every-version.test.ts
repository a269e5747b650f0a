import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Advice } from '../../src/advisor/advice.ts';
import type { LocksArtifact } from '../../src/artifacts/locks.ts';
import { locksGatherer } from '../../src/gather/locks.ts';
import { buildHollowLab } from '../../src/lab/hollow-lab.ts';
import { explain } from '../../src/sql/explain.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { readReplicas } from '../../src/sql/read-replicas.ts';
import { nameKey } from '../../src/sql/hierarchy.ts';
import { openReadOnly } from '../../src/sql/read-only-database.ts';
import { costOf, planShape } from '../../src/sql/read-plan.ts';
import { readStatementsView } from '../../src/workload/statements-view.ts';
import { CommandLine, type Ended } from '../commands/amdahl.ts';
import { databaseContext } from '../fixtures/database-context.ts';
import { LockSessions } from '../fixtures/lock-sessions.ts';
import { needsPostgresOf, postgresOf, postgresPackages } from '../fixtures/postgres-majors.ts';
import { startReplica } from '../fixtures/streaming-replica.ts';
import {
  shopWorkload,
  startVersionedShop,
  type VersionedShop,
} from '../fixtures/versioned-shop.ts';

// Each starts servers, reads them, and tries what could help in a lab.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

/** How often the application sends each of its statements. */
const times = 5;

const majors = Object.keys(postgresPackages).map((text) => {
  const major = Number(text);
  return { major, programs: postgresOf(major), needs: needsPostgresOf(major) };
});

for (const { major, programs, needs } of majors) {
  describe.skipIf(programs === null)(`a target of PostgreSQL ${major}${needs}`, () => {
    advised(major, programs ?? '');
  });
}

function advised(major: number, programs: string): void {
  let shop: VersionedShop;
  let commandLine: CommandLine;

  beforeAll(async () => {
    commandLine = await CommandLine.create();
    shop = await startVersionedShop(major, programs);
    for (const [text, ...values] of shopWorkload) {
      for (let round = 0; round < times; round += 1) await shop.client.query(text, values);
    }
  });

  afterAll(async () => {
    await shop?.close();
    await commandLine?.end();
  });

  /** Runs it as the role that may read and nothing else, and holds it to that. */
  async function amdahl(...args: readonly string[]): Promise<Ended> {
    const before = await written(shop.client);
    const ended = await commandLine.run([...args, '--db', shop.readerUrl]);
    expect(await written(shop.client)).toEqual(before);
    expect(ended.stderr).not.toMatch(/AMDAHL_/);
    return ended;
  }

  test('is read whole, and the lab plans as it does at its costs', async () => {
    const database = await openReadOnly(shop.server.url());
    const catalog = await readCatalog(database);
    expect(Math.trunc(catalog.serverVersionNumber / 10_000)).toBe(major);
    expect(catalog.hidden).toEqual([]);
    expect(catalog.extendedStatistics?.map(({ name, data }) => [name, data?.length])).toEqual([
      ...(major < 14 ? [] : [['of_months', 1]]),
      ['of_places', 1],
    ]);
    const lab = await buildHollowLab({ catalog, tables: catalog.tables, candidates: [] });
    try {
      expect(lab.warnings).toEqual([]);
      for (const [text, ...values] of shopWorkload) {
        const here = await explain(database.query, text, values);
        const there = await lab.explain(text, values);
        expect([text, planShape(there), costOf(there)]).toEqual([
          text,
          planShape(here),
          costOf(here),
        ]);
      }
    } finally {
      await lab.close();
      await database.close();
    }
  });

  test('its statements are read as it counted them', async () => {
    const database = await openReadOnly(shop.readerUrl);
    const { source, statements, unread, warnings } = await readStatementsView(database);
    await database.close();
    expect(unread).toEqual([]);
    // One more runs inside a function; Amdahl's own are left out.
    expect(statements.map(({ calls }) => calls)).toEqual(
      Array.from({ length: shopWorkload.length + 1 }, () => times),
    );
    expect(statements.every(({ meanMs }) => (meanMs ?? 0) > 0)).toBe(true);
    // Version 1.9 of the extension says since when it counts, and what ran inside functions.
    expect(source.includes(' since ')).toBe(major >= 14);
    expect(warnings.map((warning) => warning.slice(0, 27))).toEqual(
      major < 14 ? [] : ['Statements inside functions'],
    );
  });

  test('gets advice that can be followed, and nothing is written to it', async () => {
    const { stdout } = await amdahl('sql', '--analyze', '--json');
    const advice = JSON.parse(stdout) as Advice;
    expect(advice.database?.serverVersion).toMatch(new RegExp(`^${major}\\.`));
    expect(advice.fidelity?.differing).toEqual([]);
    expect(advice.findings.map(({ audit }) => audit)).toContain('missing-index');
    const [index] = /^CREATE INDEX CONCURRENTLY .*orders \(customer_id.*$/m.exec(
      advice.migration.up,
    ) ?? ['none'];
    await shop.client.query(index);
    const database = await openReadOnly(shop.readerUrl);
    const plan = await explain(database.query, 'SELECT id FROM orders WHERE customer_id = 5', []);
    await database.close();
    expect(planShape(plan)).toMatch(/by orders_customer_id/);
  });

  test('one statement is explained for any values, and executed for one', async () => {
    const text = 'SELECT note FROM orders WHERE total_cents = $1';
    const { stdout: planned } = await amdahl('sql', 'explain', text);
    expect(planned).toMatch(/^Seq Scan on orders +100 %/m);
    const given = ['sql', 'explain', text, '--param', '7', '--analyze'];
    const { stdout: executed } = await amdahl(...given);
    expect(executed).toMatch(/^execution .* ms · planning /m);
  });

  test('who waits for a lock is seen', async () => {
    const sessions = new LockSessions(shop.server);
    try {
      await sessions.begin('UPDATE orders SET note = note WHERE id = 1');
      await sessions.waitWith(await sessions.connect(), 'DELETE FROM orders WHERE id = 1');
      const stop = await locksGatherer.gather(databaseContext(shop.readerUrl));
      const { waits } = await (stop as () => Promise<LocksArtifact>)();
      expect(waits).toMatchObject([
        {
          waitingStatement: 'DELETE FROM orders WHERE id = 1',
          object: { kind: 'row', relation: 'orders' },
        },
      ]);
    } finally {
      await sessions.endAll();
    }
  });

  test('a standby’s scans are counted', async () => {
    const replica = await startReplica(shop.server, { programs });
    try {
      const readerUrl = replica.url().replace('postgres@', 'reader@');
      const client = new Client({ connectionString: readerUrl });
      await client.connect();
      await client.query('SELECT id FROM orders ORDER BY id LIMIT 1');
      await client.end();
      await vi.waitFor(async () => expect(await scansOn(replica.url())).toBeGreaterThan(0), {
        timeout: 30_000,
        interval: 50,
      });
      const database = await openReadOnly(shop.readerUrl);
      const replicas = await readReplicas([readerUrl], database);
      const catalog = await readCatalog(database, { statements: [], replicas });
      await database.close();
      expect(replicas).toMatchObject([{ server: { standby: true }, streams: true, standbys: 0 }]);
      expect(catalog.unreadStandbys).toBe(0);
      const scans = replicas[0]?.scans.get(nameKey({ schema: 'public', name: 'orders_pkey' })) ?? 0;
      expect(scans).toBeGreaterThan(0);
    } finally {
      await replica.stop();
    }
  });
}

/** Whatever writes is given a transaction id; reading is not. */
async function written(client: Client): Promise<unknown> {
  const { rows } = await client.query(
    `SELECT txid_snapshot_xmax(txid_current_snapshot()) AS "nextTransaction",
            (SELECT count(*) FROM pg_class) AS relations`,
  );
  return rows[0];
}

async function scansOn(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ scans: number }>(
      `SELECT idx_scan::int AS scans FROM pg_stat_user_indexes WHERE indexrelname = 'orders_pkey'`,
    );
    return rows[0]?.scans ?? 0;
  } finally {
    await client.end();
  }
}
