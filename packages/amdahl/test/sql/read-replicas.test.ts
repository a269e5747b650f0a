import assert from 'node:assert/strict';
import { AmdahlError } from '@amdahl/metrics';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { CatalogArtifact, CatalogServer } from '../../src/artifacts/catalog.ts';
import { countingDays } from '../../src/audits/queries/counting-days.ts';
import { unusedIndex } from '../../src/audits/queries/unused-index.ts';
import { startPostgres, type PostgresServer } from '../../src/lab/postgres.ts';
import { readCatalog } from '../../src/sql/read-catalog.ts';
import { openReadOnly } from '../../src/sql/read-only-database.ts';
import { readReplicas, type ReplicaReading } from '../../src/sql/read-replicas.ts';
import { evidence, statement } from '../audits/queries/workload.ts';
import { findingsOf, outcomeOf } from '../fixtures/audit.ts';
import { startReplica } from '../fixtures/streaming-replica.ts';

let primary: PostgresServer;
let replica: PostgresServer;
let stranger: PostgresServer;

const tables = `
CREATE TABLE orders (id integer PRIMARY KEY, total integer NOT NULL, placed integer NOT NULL);
CREATE INDEX idle ON orders (total);
CREATE INDEX reports ON orders (placed);
INSERT INTO orders SELECT i, i % 1000, i FROM generate_series(1, 200000) i;
ANALYZE`;

async function run(url: string, ...texts: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  primary = await startPostgres();
  await run(primary.url(), 'CREATE DATABASE shop', 'CREATE DATABASE other');
  await run(primary.url('shop'), tables);
  await run(
    primary.url('shop'),
    `CREATE ROLE narrow LOGIN;
     GRANT SELECT ON orders TO narrow;
     REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC`,
  );
  replica = await startReplica(primary);
  // Made with other arguments, it is no copy of the files the primary began as, and has a number
  // of its own.
  stranger = await startPostgres({ initdbArguments: ['--no-data-checksums'] });
  await run(stranger.url(), 'CREATE DATABASE shop', 'CREATE ROLE narrow LOGIN');
  await run(stranger.url('shop'), tables.replace('(placed)', '(placed DESC)'));
  await vi.waitFor(async () => assert.equal(await seenStandbys(), 1), { timeout: 30_000 });
  await run(
    replica.url('shop'),
    'SET enable_seqscan = off',
    'SELECT total FROM orders WHERE placed = 77',
    'SELECT pg_stat_force_next_flush()',
  );
});

afterAll(async () => {
  await replica?.stop();
  await primary?.stop();
  await stranger?.stop();
});

async function seenStandbys(): Promise<number | null | undefined> {
  return (await catalogOf(primary.url('shop'))).unreadStandbys;
}

async function catalogOf(url: string, ...replicas: readonly string[]): Promise<CatalogArtifact> {
  const database = await openReadOnly(url);
  try {
    return await readCatalog(database, { replicas: await readReplicas(replicas, database) });
  } finally {
    await database.close();
  }
}

async function refusalOf(url: string, ...replicas: readonly string[]): Promise<AmdahlError> {
  const error: unknown = await catalogOf(url, ...replicas).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AmdahlError);
  return error as AmdahlError;
}

/** As if it had been read so many days later, on every server. */
function later(catalog: CatalogArtifact, days: number): CatalogArtifact {
  const shifted = <Server extends Pick<Partial<CatalogServer>, 'readAt'>>(
    server: Server,
  ): Server => ({
    ...server,
    readAt: new Date(Date.parse(server.readAt ?? '') + days * 86_400_000).toISOString(),
  });
  return { ...shifted(catalog), replicas: (catalog.replicas ?? []).map(shifted) };
}

const given = evidence([statement('INSERT INTO orders (total) VALUES ($1)', { ms: 12 })]);

function unusedIn(catalog: CatalogArtifact): unknown {
  return findingsOf(unusedIndex, { ...given, catalog }).flatMap(({ remedy }) => remedy.drops ?? []);
}

function reasonIn(catalog: CatalogArtifact): string {
  const outcome = outcomeOf(unusedIndex, { ...given, catalog });
  return outcome.status === 'unmeasured' ? outcome.reason : outcome.status;
}

function scansOf({ indexes }: CatalogArtifact, name: string): number | undefined {
  return indexes.find((index) => index.name === name)?.scans;
}

describe('a standby that streams', () => {
  test('has its scans counted in: what only it reads is in use', async () => {
    const alone = await catalogOf(primary.url('shop'));
    const both = await catalogOf(primary.url('shop'), replica.url('shop'));
    expect(scansOf(alone, 'reports')).toBe(0);
    expect(scansOf(both, 'reports')).toBe(1);
    expect(scansOf(both, 'idle')).toBe(0);
    expect(both.replicas).toMatchObject([{ name: `127.0.0.1:${replica.port}`, standby: true }]);
    expect(unusedIn(later(both, 30))).toEqual(['idle']);
    const [finding] = findingsOf(unusedIndex, { ...given, catalog: later(both, 30) });
    expect(finding?.title).toMatch(
      /^orders keeps 1 index that nothing has read on any of 2 servers/,
    );
    expect(finding?.remedy.actions.join(' ')).toContain(
      `Scans of 127.0.0.1:${replica.port} are counted in.`,
    );
  });

  test('that was not given holds the finding back', async () => {
    const alone = await catalogOf(primary.url('shop'));
    expect(alone.unreadStandbys).toBe(1);
    expect(reasonIn(later(alone, 30))).toBe(
      '1 standby of this cluster counts its own scans: give it with --replica',
    );
    const both = await catalogOf(primary.url('shop'), replica.url('shop'));
    expect(both.unreadStandbys).toBe(0);
  });

  test('must have counted as long as the primary: the youngest counts', async () => {
    const both = later(await catalogOf(primary.url('shop'), replica.url('shop')), 30);
    const [server] = both.replicas as readonly [CatalogServer];
    const reset = new Date(Date.parse(server.readAt) - 2 * 86_400_000).toISOString();
    const young = { ...both, replicas: [{ ...server, statisticsSince: reset }] };
    expect(countingDays(both)).toBeGreaterThan(29);
    expect(countingDays(young)).toBe(2);
    expect(reasonIn(young)).toMatch(/count since 2 days only/);
  });

  test('as the target needs the primary beside it, and takes writes from there', async () => {
    const alone = await catalogOf(replica.url('shop'));
    expect(reasonIn(later(alone, 30))).toMatch(/^a standby counts its own scans only/);
    expect(alone.hidden.join(' ')).toMatch(/is a standby/);
    const both = await catalogOf(replica.url('shop'), primary.url('shop'));
    expect(both.hidden.join(' ')).not.toMatch(/is a standby/);
    expect(both.unreadStandbys).toBe(0);
    expect(both.tables[0]?.writes.inserted).toBe(200_000);
    expect(unusedIn(later(both, 30))).toEqual(['idle']);
  });

  test('is known by its indexes where the cluster’s number is hidden', async () => {
    const both = await catalogOf(as('narrow', primary), as('narrow', replica));
    expect(scansOf(both, 'reports')).toBe(1);
    expect(both.unreadStandbys).toBe(0);
  });
});

describe('what is no replica is refused, without its password', () => {
  const secret = (url: string): string => url.replace('postgres@', 'postgres:hunter2@');

  test.each([
    [
      'another cluster',
      () => stranger.url('shop'),
      /another cluster \(system identifier \d+, not \d+\)/,
    ],
    ['the target itself', () => primary.url('shop'), /the same server as --db/],
    ['another database', () => replica.url('other'), /the database "other"/],
  ])('%s', async (_name, url, found) => {
    const error = await refusalOf(primary.url('shop'), secret(url()));
    expect(error.code).toBe('AMDAHL_DATABASE_NOT_A_REPLICA');
    expect(error.found).toMatch(found);
    expect(error.message).toContain(secret(url()).replace('hunter2', '***'));
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(error.next).toMatch(/--replica/);
  });

  test('one that was given twice', async () => {
    const error = await refusalOf(primary.url('shop'), replica.url('shop'), replica.url('shop'));
    expect(error.found).toBe(`the same server as ${replica.url('shop')}`);
  });

  test('another cluster whose number is hidden', async () => {
    const error = await refusalOf(as('narrow', primary), as('narrow', stranger));
    expect(error.found).toBe('another cluster, by its indexes: "reports" is a different one there');
  });

  test('one that cannot be reached', async () => {
    const error = await refusalOf(primary.url('shop'), 'postgresql://me:hunter2@127.0.0.1:1/shop');
    expect(error.code).toBe('AMDAHL_DATABASE_UNREACHABLE');
    expect(error.expected).toBe('to read the replica postgresql://me:***@127.0.0.1:1/shop');
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });
});

test('a standby that was promoted goes its own way', async () => {
  const promoted = await startReplica(primary);
  try {
    await run(promoted.url(), 'SELECT pg_promote()');
    const error = await refusalOf(primary.url('shop'), promoted.url('shop'));
    expect(error.found).toMatch(/^a primary too/);
  } finally {
    await promoted.stop();
  }
});

test.each(['postgres', 'narrow'])(
  'what %s reads for the catalog counts as no use of an index',
  async (role) => {
    await catalogOf(as(role, primary));
    const again = await catalogOf(as(role, primary));
    expect(scansOf(again, 'idle')).toBe(0);
    const [column] = again.tables[0]?.columns.filter(({ name }) => name === 'total') ?? [];
    expect(column?.statistics?.range).toEqual(
      role === 'postgres' ? { least: '0', greatest: '999' } : undefined,
    );
  },
);

test('a reading tells what it counted, by names of any schema', async () => {
  // The primary was restarted above, and a standby takes seconds to ask for its stream again.
  await vi.waitFor(async () => assert.equal(await seenStandbys(), 1), { timeout: 30_000 });
  const database = await openReadOnly(primary.url('shop'));
  try {
    const [reading] = (await readReplicas([replica.url('shop')], database)) as [ReplicaReading];
    expect([...reading.scans]).toEqual([['["public","reports"]', 1]]);
    expect(reading.standbys).toBe(0);
    expect(reading.streams).toBe(true);
  } finally {
    await database.close();
  }
});

function as(role: string, server: PostgresServer): string {
  return server.url('shop').replace('postgres@', `${role}@`);
}
