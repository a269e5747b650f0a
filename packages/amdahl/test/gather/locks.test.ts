import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Deadlock, LocksArtifact, LoggedWait } from '../../src/artifacts/locks.ts';
import { locksGatherer } from '../../src/gather/locks.ts';
import type { Absent } from '../../src/gather/gatherer.ts';
import {
  startPostgres,
  type PostgresOptions,
  type PostgresServer,
} from '../../src/lab/postgres.ts';
import { databaseContext } from '../fixtures/database-context.ts';
import { LockSessions, pidOf } from '../fixtures/lock-sessions.ts';
import { needsSystemPostgres, systemPostgres } from '../fixtures/system-postgres.ts';

const takesRow = 'SELECT quantity FROM stock WHERE id = 1 FOR UPDATE';
const wantsRow = 'UPDATE stock SET quantity = quantity - 1 WHERE id = 1';

/** A sample is one statement between BEGIN and COMMIT: after six, one was taken whole. */
const commandsPerSample = 6;

/** Servers start, and sessions wait for each other, at the machine's pace. */
const timeout = 60_000;

describe('on the embedded PostgreSQL', { timeout }, () => {
  watching({});
});

describe.skipIf(systemPostgres === null)(
  `on PostgreSQL 15${needsSystemPostgres}`,
  { timeout },
  () => {
    watching({ programs: systemPostgres ?? '' });
  },
);

function watching(options: PostgresOptions): void {
  let server: PostgresServer;
  let admin: Client;
  let sessions: LockSessions;

  beforeAll(async () => {
    server = await startPostgres({
      ...options,
      settings: {
        log_lock_waits: 'on',
        deadlock_timeout: '300ms',
        max_prepared_transactions: '2',
        log_line_prefix: '%m [%p] %q%u@%d ',
      },
    });
    admin = new Client({ connectionString: server.url() });
    await admin.connect();
    await admin.query(`
      CREATE TABLE stock (id integer PRIMARY KEY, quantity integer);
      CREATE TABLE orders (id integer PRIMARY KEY, state text);
      INSERT INTO stock VALUES (1, 10), (2, 10); INSERT INTO orders VALUES (1, 'new');
      CREATE ROLE app LOGIN; GRANT ALL ON stock, orders TO app;
      CREATE ROLE stranger LOGIN;
      CREATE ROLE watcher LOGIN; GRANT pg_read_all_stats TO watcher`);
  }, timeout);

  beforeEach(() => {
    sessions = new LockSessions(server, 'app');
  });

  afterEach(() => sessions.endAll());

  afterAll(async () => {
    await admin?.end();
    await server?.stop();
  });

  async function watch(
    role: string | null,
    databaseLog: string | null = null,
  ): Promise<() => Promise<LocksArtifact | Absent>> {
    const database = role === null ? null : server.url().replace('postgres@', `${role}@`);
    const context = databaseContext(database);
    const stop = await locksGatherer.gather({
      ...context,
      options: { ...context.options, databaseLog },
    });
    return stop as () => Promise<LocksArtifact | Absent>;
  }

  /** What the sampler sees of what is going on now. */
  async function sampled(): Promise<LocksArtifact> {
    const stop = await watch('watcher');
    await untilSampled();
    return (await stop()) as LocksArtifact;
  }

  /** Returns once the sampler has looked. */
  async function untilSampled(): Promise<void> {
    const lastCommand = async (): Promise<string> => {
      const { rows } = await admin.query<{ at: string }>(
        `SELECT coalesce(max(query_start)::text, '') AS at
         FROM pg_stat_activity WHERE application_name = 'amdahl'`,
      );
      return rows[0]?.at ?? '';
    };
    for (let seen = 0; seen < commandsPerSample; seen += 1) {
      const before = await lastCommand();
      await vi.waitFor(async () => expect(await lastCommand()).not.toBe(before), {
        timeout: 30_000,
        interval: 5,
      });
    }
  }

  test('who waits for whom is seen, for what, and what the one in the way does', async () => {
    const holder = await sessions.begin(takesRow);
    await sessions.waitWith(await sessions.connect(), wantsRow);
    const locks = await sampled();
    expect(locks.intervalMs).toBe(100);
    expect(locks.waits).toEqual([
      {
        waitingStatement: wantsRow,
        mode: 'ShareLock',
        object: { kind: 'row', relation: 'stock' },
        blockingStatement: takesRow,
        blockingState: 'idle in transaction',
        blocker: 'client',
        through: [],
        samples: locks.samples,
        waitedMs: expect.any(Number) as unknown,
        longestWaitMs: expect.any(Number) as unknown,
        longestTransactionMs: expect.any(Number) as unknown,
        mostAtOnce: 1,
        mostRows: 1,
        application: 'shop',
        clientPorts: [expect.any(Number)],
      },
    ]);
    const [wait] = locks.waits;
    expect(wait?.longestWaitMs).toBeGreaterThan(0);
    expect(wait?.longestTransactionMs).toBeGreaterThan(wait?.longestWaitMs ?? Infinity);
    expect(locks.idleInTransaction).toMatchObject([
      { statement: takesRow, state: 'idle in transaction', application: 'shop' },
    ]);
    expect(pidOf(holder)).toBeGreaterThan(0);
  });

  test('a line of three is followed to its head, and those who want one row are one step of it', async () => {
    await sessions.begin(takesRow);
    const second = await sessions.begin(`UPDATE orders SET state = 'paid' WHERE id = 1`);
    await sessions.waitWith(second, wantsRow);
    const third = `DELETE FROM orders WHERE id = 1`;
    await sessions.waitWith(await sessions.connect(), third);
    await sessions.waitWith(await sessions.connect(), third);
    const { waits } = await sampled();
    // The first of the two waits for the transaction, the other for its place behind that one.
    const last = waits.filter((wait) => wait.waitingStatement === third);
    expect(last.map(({ mode }) => mode).sort()).toEqual(['AccessExclusiveLock', 'ShareLock']);
    for (const wait of last) {
      expect(wait).toMatchObject({
        blockingStatement: takesRow,
        through: [wantsRow],
        object: { kind: 'row', relation: 'orders' },
        mostAtOnce: 2,
        mostRows: 1,
      });
    }
    expect(waits.find((wait) => wait.waitingStatement === wantsRow)).toMatchObject({
      blockingStatement: takesRow,
      through: [],
    });
  });

  test('a change of a table stands between those who read it and the transaction it waits for', async () => {
    const reads = 'SELECT count(*) FROM orders';
    await sessions.begin(reads);
    const changes = 'ALTER TABLE orders ADD COLUMN note text';
    const migration = new LockSessions(server);
    await migration.waitWith(await migration.connect(), changes);
    await sessions.waitWith(await sessions.connect(), reads);
    const { waits } = await sampled();
    expect(waits.find((wait) => wait.waitingStatement === changes)).toMatchObject({
      mode: 'AccessExclusiveLock',
      object: { kind: 'relation', relation: 'orders' },
      blockingStatement: reads,
      blockingState: 'idle in transaction',
    });
    expect(waits.find((wait) => wait.waitingStatement === reads)).toMatchObject({
      mode: 'AccessShareLock',
      through: [changes],
      blockingStatement: reads,
    });
    await migration.endAll();
  });

  test('a prepared transaction in the way has no session, and is named all the same', async () => {
    const client = await sessions.begin(takesRow);
    await client.query(`PREPARE TRANSACTION 'left behind'`);
    await sessions.waitWith(await sessions.connect(), wantsRow);
    expect((await sampled()).waits).toMatchObject([
      {
        waitingStatement: wantsRow,
        blockingStatement: `PREPARE TRANSACTION 'left behind'`,
        blockingState: 'prepared',
        blocker: 'prepared-transaction',
      },
    ]);
    await client.query(`ROLLBACK PREPARED 'left behind'`);
  });

  test('a session that waits for several counts once', async () => {
    await sessions.begin('SELECT FROM stock WHERE id = 1 FOR SHARE');
    await sessions.begin('SELECT FROM stock WHERE id = 1 FOR SHARE /* too */');
    await sessions.waitWith(await sessions.begin(), 'LOCK TABLE stock');
    const { waits } = await sampled();
    expect(waits).toHaveLength(2);
    expect(waits[0]?.waitedMs).toBe(waits[1]?.waitedMs);
  });

  test('a deadlock is in the log with its statements, and counted by the server', async () => {
    const log = join(server.dataDirectory, 'server.log');
    const stop = await watch('watcher', log);
    const [first, second] = [
      await sessions.begin('UPDATE stock SET quantity = 1 WHERE id = 1'),
      await sessions.begin('UPDATE stock SET quantity = 2 WHERE id = 2'),
    ];
    const crosses = `UPDATE stock\n\tSET quantity = 1\n\tWHERE id = 2`;
    const { result } = await sessions.waitWith(first, crosses);
    const other = second
      .query('UPDATE stock SET quantity = 2 WHERE id = 1')
      .catch((error: unknown) => error);
    const outcomes = await Promise.all([result, other]);
    expect(outcomes.some((outcome) => outcome instanceof Error)).toBe(true);
    await first.query('ROLLBACK');
    await second.query('ROLLBACK');
    // The counter reaches the view when its session has time to report it.
    await second.query('SELECT pg_stat_clear_snapshot()');
    await sessions.endAll();
    const locks = (await stop()) as LocksArtifact;
    const deadlock = locks.events.find((event): event is Deadlock => event.kind === 'deadlock');
    expect(deadlock).toMatchObject({ source: 'log' });
    expect(deadlock?.processes.map(({ statement }) => statement).toSorted()).toEqual([
      crosses,
      'UPDATE stock SET quantity = 2 WHERE id = 1',
    ]);
    expect(deadlock?.processes.some(({ object }) => object.relation === 'stock')).toBe(true);
    expect(deadlock?.processes.map(({ pid }) => pid)).toContain(deadlock?.victim);
    expect(locks.deadlocks).toBe(1);
    expect(locks.warnings).toEqual([]);
  });

  test('the log tells of a long wait from its beginning to its end, without a database to ask', async () => {
    const holder = await sessions.begin(takesRow);
    const log = join(server.dataDirectory, 'server.log');
    const stop = await watch(null, log);
    const { result } = await sessions.waitWith(await sessions.connect(), wantsRow);
    await vi.waitFor(
      async () => {
        const { rows } = await admin.query<{ waits: string }>(
          `SELECT pg_read_file('server.log') AS waits`,
        );
        expect(rows[0]?.waits.trimEnd()).toMatch(
          new RegExp(`still waiting for ShareLock[^]*Process holding the lock: ${pidOf(holder)}`),
        );
      },
      { timeout: 30_000 },
    );
    await holder.query('COMMIT');
    await result;
    const locks = (await stop()) as LocksArtifact;
    expect(locks).toMatchObject({ samples: 0, waits: [], deadlocks: null });
    const waits = locks.events.filter((event): event is LoggedWait => event.kind === 'wait');
    expect(waits).toHaveLength(1);
    expect(waits[0]).toMatchObject({
      statement: wantsRow,
      mode: 'ShareLock',
      object: { kind: 'row', relation: 'stock' },
      end: 'acquired',
      holders: [{ pid: pidOf(holder) }],
      queue: [],
    });
    expect(waits[0]?.waitedMs).toBeGreaterThanOrEqual(300);
    expect(Date.parse(waits[0]?.at ?? '')).not.toBeNaN();
  });

  test('a log that cannot be read costs only what it would have told', async () => {
    const stop = await watch('watcher', '/no/such/server.log');
    const locks = (await stop()) as LocksArtifact;
    expect(locks.events).toEqual([]);
    expect(locks.warnings).toEqual([expect.stringContaining('/no/such/server.log')]);
  });

  test('that the log tells of no waits is said', async () => {
    await admin.query('ALTER DATABASE postgres SET log_lock_waits = off');
    const stop = await watch('watcher', join(server.dataDirectory, 'server.log'));
    expect(((await stop()) as LocksArtifact).warnings).toEqual([
      'log_lock_waits is off: the log tells of deadlocks and lock_timeout, and of no other wait for a lock.',
    ]);
    await admin.query('ALTER DATABASE postgres RESET log_lock_waits');
  });

  test('a role that may not see other sessions says so instead of seeing nothing', async () => {
    await sessions.begin(takesRow);
    const stop = await watch('stranger');
    await untilSampled();
    expect(await stop()).toEqual({
      absent:
        'the role stranger may not see what other sessions do (GRANT pg_read_all_stats TO stranger)',
    });
  });

  test('nothing is reported when nobody waits, and the sampler leaves no session', async () => {
    expect(await sampled()).toMatchObject({ waits: [], idleInTransaction: [], events: [] });
    const { rows } = await admin.query<{ sessions: number }>(
      `SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE application_name = 'amdahl'`,
    );
    expect(rows[0]?.sessions).toBe(0);
  });
}
