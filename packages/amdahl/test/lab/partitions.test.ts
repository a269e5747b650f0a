import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../../src/sql/explain.ts';
import { defineIndex, type LabIndex } from '../../src/sql/index-definition.ts';
import { costOf, indexesUsed, planShape } from '../../src/sql/read-plan.ts';
import { schemaOf } from '../../src/sql/schema.ts';
import { targetAndLab, type Statement, type TargetAndLab } from './target-and-lab.ts';

const script = `
CREATE SCHEMA archive;
CREATE TABLE events (
  dropped text, id bigint GENERATED ALWAYS AS IDENTITY, account_id integer NOT NULL,
  happened_at timestamptz NOT NULL, kind text NOT NULL, PRIMARY KEY (id, happened_at, kind)
) PARTITION BY RANGE (happened_at);
ALTER TABLE events DROP COLUMN dropped;
CREATE TABLE archive.events_2022 PARTITION OF events
  FOR VALUES FROM ('2022-01-01 UTC') TO ('2023-01-01 UTC');
CREATE TABLE "events 2023" PARTITION OF events
  FOR VALUES FROM ('2023-01-01 UTC') TO ('2024-01-01 UTC') PARTITION BY LIST (kind);
CREATE TABLE events_2023_views PARTITION OF "events 2023" FOR VALUES IN ('view', 'click');
CREATE TABLE events_2023_rest PARTITION OF "events 2023" DEFAULT;
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE INDEX events_account ON events (account_id, happened_at);
CREATE INDEX only_here ON events_2023_rest (kind);
INSERT INTO events (account_id, happened_at, kind)
SELECT (i * 7919) % 997, timestamptz '2021-11-01 UTC' + i * interval '15 minutes',
       (ARRAY['view', 'view', 'view', 'click', 'buy', 'refund'])[1 + (i * 31) % 6]
FROM generate_series(1, 90000) i;

CREATE TABLE accounts (id integer PRIMARY KEY, name text NOT NULL) PARTITION BY HASH (id);
CREATE TABLE accounts_0 PARTITION OF accounts FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE accounts_1 PARTITION OF accounts FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO accounts SELECT i, 'Account ' || i FROM generate_series(0, 996) i;
CREATE TABLE logins (account_id integer NOT NULL REFERENCES accounts, day date NOT NULL)
  PARTITION BY HASH (account_id);
CREATE TABLE logins_0 PARTITION OF logins FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE logins_1 PARTITION OF logins FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE INDEX ON logins (account_id);
INSERT INTO logins SELECT i % 997, date '2024-01-01' + i % 90 FROM generate_series(1, 40000) i;

CREATE TABLE readings (sensor integer NOT NULL, at date NOT NULL, value real);
CREATE TABLE readings_old (CHECK (at < '2024-01-01')) INHERITS (readings);
CREATE TABLE readings_new (CHECK (at >= '2024-01-01'), note text) INHERITS (readings);
CREATE INDEX readings_old_sensor ON readings_old (sensor);
CREATE INDEX readings_new_sensor ON readings_new (sensor);
INSERT INTO readings_old SELECT i % 300, date '2023-01-01' + i % 365, i FROM generate_series(1, 20000) i;
INSERT INTO readings_new SELECT i % 50, date '2024-01-01' + i % 200, i FROM generate_series(1, 9000) i;
INSERT INTO readings VALUES (1, '2022-01-01', 0);
ANALYZE events, accounts, logins, readings;
`;

const statements: readonly Statement[] = [
  ['SELECT * FROM events WHERE id = $1', 500],
  ['SELECT * FROM events WHERE happened_at >= $1 AND happened_at < $2', '2022-03-01', '2022-03-05'],
  ['SELECT count(*) FROM events WHERE happened_at >= $1', '2023-06-01'],
  [`SELECT * FROM events WHERE happened_at >= $1 AND kind = 'buy'`, '2023-02-01'],
  ['SELECT * FROM events WHERE account_id = $1 ORDER BY happened_at DESC LIMIT 10', 12],
  ['SELECT kind, count(*) FROM events GROUP BY kind'],
  ['SELECT account_id, count(*) FROM events GROUP BY account_id'],
  [`SELECT * FROM events_2023_rest WHERE kind = 'refund'`],
  ['SELECT * FROM archive.events_2022 WHERE account_id = $1', 3],
  ['SELECT * FROM accounts WHERE id = $1', 77],
  ['SELECT a.name, l.day FROM accounts a JOIN logins l ON l.account_id = a.id WHERE a.id = $1', 5],
  ['SELECT a.name, count(*) FROM accounts a JOIN logins l ON l.account_id = a.id GROUP BY a.name'],
  [
    'SELECT e.* FROM events e JOIN accounts a ON a.id = e.account_id WHERE a.name = $1',
    'Account 9',
  ],
  ['UPDATE events SET account_id = 1 WHERE id = $1', 9],
  ['DELETE FROM logins WHERE account_id = $1', 9],
  ['SELECT * FROM readings WHERE sensor = $1', 7],
  ['SELECT * FROM readings WHERE at >= $1 AND sensor = $2', '2024-03-01', 7],
  ['SELECT sensor, avg(value) FROM readings GROUP BY sensor'],
  ['SELECT * FROM ONLY readings WHERE sensor = 1'],
];

let both: TargetAndLab;

beforeAll(async () => {
  both = await targetAndLab(script, {
    candidates: (catalog) => {
      const events = schemaOf(catalog).tableNamed('events');
      if (events === null) throw new Error('no such table');
      return [
        defineIndex(
          {
            table: events,
            method: 'btree',
            keys: [{ column: 'kind' }, { column: 'happened_at' }],
            include: [],
            reason: '',
          },
          new Set(),
        ),
      ];
    },
  });
});

afterAll(() => both?.close());

describe('partitioned tables and their kin', () => {
  test('are planned as on the target: pruning, orders, joins', async () => {
    expect(both.lab.warnings).toEqual([]);
    for (const statement of statements) {
      const { target, lab } = await both.plans(statement);
      expect(lab).toEqual(target);
    }
  });

  test('join and group partition by partition where the target would', async () => {
    for (const query of [both.lab.query, both.client.query.bind(both.client)] as const) {
      await query('SET enable_partitionwise_join = on');
      await query('SET enable_partitionwise_aggregate = on');
    }
    try {
      const text = `SELECT a.id, count(*) FROM accounts a JOIN logins l ON l.account_id = a.id
                    GROUP BY a.id`;
      const onTarget = await explain(
        async (sql) => (await both.client.query<Record<string, unknown>>(sql)).rows,
        text,
        [],
      );
      const inLab = await both.lab.explain(text, []);
      expect(planShape(inLab)).toBe(planShape(onTarget));
      expect(planShape(inLab)).toContain('Append');
      expect(costOf(inLab)).toBeCloseTo(costOf(onTarget), 1);
    } finally {
      for (const query of [both.lab.query, both.client.query.bind(both.client)] as const) {
        await query('RESET enable_partitionwise_join');
        await query('RESET enable_partitionwise_aggregate');
      }
    }
  });

  test('are in the catalog with all their partitions hold', () => {
    const { tables, indexes } = both.catalog;
    const events = tables.find(({ name }) => name === 'events');
    expect(events).toMatchObject({
      kind: 'partitioned',
      partitionKey: 'RANGE (happened_at)',
      rows: 90_000,
      primaryKey: ['id', 'happened_at', 'kind'],
    });
    expect(events?.columns[1]?.statistics).not.toBeNull();
    const parts = tables.filter(({ kind, name }) => kind === 'table' && name.startsWith('events'));
    expect(events?.sizeBytes).toBe(parts.reduce((sum, part) => sum + part.sizeBytes, 0));
    const whole = indexes.find(({ name }) => name === 'events_account');
    const partsOfIndex = indexes.filter(
      ({ table, keys, partOf }) =>
        table.startsWith('events_') && keys[0] === 'account_id' && partOf !== undefined,
    );
    expect(partsOfIndex).toHaveLength(4);
    expect(whole?.sizeBytes).toBe(partsOfIndex.reduce((sum, part) => sum + part.sizeBytes, 0));
  });
});

describe('a candidate on a partitioned table', () => {
  test('is made on every partition, shown and hidden as one', async () => {
    const index = [...both.lab.candidates.keys()][0] as LabIndex;
    const text = `SELECT * FROM events WHERE kind = 'refund' AND happened_at < '2023-06-01'
                  ORDER BY happened_at LIMIT 5`;
    const before = await both.lab.explain(text, []);
    const predicted = await both.lab.explainWith([index], text, []);
    expect(await both.lab.explain(text, [])).toEqual(before);
    const names = [...indexesUsed(predicted)];
    expect(names.length).toBeGreaterThan(2);
    expect(names.map((name) => both.lab.candidateNamed(name))).toEqual(names.map(() => index));
    await both.client.query(index.definition);
    try {
      const real = await explain(both.database.query, text, []);
      expect(planShape(real)).toBe(planShape(predicted));
      expect(Math.abs(costOf(real) / costOf(predicted) - 1)).toBeLessThan(0.05);
      const { rows } = await both.client.query<{ bytes: number }>(
        `SELECT sum(pg_relation_size(relid))::float8 AS bytes FROM pg_partition_tree($1)
         WHERE isleaf`,
        [index.name],
      );
      const size = both.lab.candidates.get(index)?.sizeBytes ?? 0;
      expect(Math.abs(size / (rows[0]?.bytes ?? 0) - 1)).toBeLessThan(0.15);
    } finally {
      await both.client.query(`DROP INDEX ${index.name}`);
    }
  });
});
