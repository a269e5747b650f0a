import { describe, expect, test } from 'vitest';
import type { CatalogIndex, CatalogTable } from '../../../src/artifacts/catalog.ts';
import type { PlanNode } from '../../../src/artifacts/plans.ts';
import type { LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { overheadOf, upkeepOf, writesOf } from '../../../src/lab/experiments/write-overhead.ts';
import type { IndexProposal } from '../../../src/sql/index-definition.ts';
import { index, shopCatalog, shopSchema } from '../../sql/schema-fixture.ts';

const schema = shopSchema();
const orders = schema.tableNamed('orders') as CatalogTable;

function write(text: string, operation: string, rows: number): LabStatement {
  const node: PlanNode = {
    'Node Type': 'ModifyTable',
    Operation: operation,
    'Relation Name': 'orders',
    'Startup Cost': 0,
    'Total Cost': 8,
    'Plan Rows': 0,
    'Plan Width': 0,
    Plans: [
      {
        'Node Type': 'Index Scan',
        'Parent Relationship': 'Outer',
        'Startup Cost': 0,
        'Total Cost': 8,
        'Plan Rows': rows,
        'Plan Width': 6,
      },
    ],
  };
  return {
    text,
    explainedText: text,
    parameters: [],
    plan: node,
    shape: { kind: 'update', blocks: [] },
    tables: [orders],
    usage: { calls: 0, meanMs: null },
    rewrites: [],
  };
}

const insert = write('INSERT INTO orders (user_id) VALUES ($1)', 'Insert', 1);
const update = write('UPDATE orders SET status = $1 WHERE id = $2', 'Update', 1);
const remove = write('DELETE FROM orders WHERE user_id = $1', 'Delete', 20);

const on = (column: string, more: Partial<IndexProposal> = {}): IndexProposal => ({
  table: orders,
  method: 'btree',
  keys: [{ column }],
  include: [],
  reason: '',
  ...more,
});

/** Milliseconds of a thousand executions, with the primary key alone beside it. */
function overhead(
  candidate: IndexProposal,
  statement: LabStatement,
  others: readonly CatalogIndex[] = schema.indexesOf(orders),
): number {
  return overheadOf(candidate, writesOf(statement, 1_000), others);
}

test('a MERGE is counted as all it may do, each with its part of the rows', () => {
  const merge = write(
    `MERGE INTO orders o USING payments p ON o.id = p.order_id
     WHEN MATCHED AND p.void THEN DO NOTHING
     WHEN MATCHED THEN UPDATE SET status = p.status
     WHEN NOT MATCHED THEN INSERT (user_id) VALUES (p.user_id)`,
    'Merge',
    20,
  );
  const changed = new Set(['status']);
  expect(writesOf(merge, 5)).toEqual([
    { table: orders, operation: 'update', rows: 50, changed },
    { table: orders, operation: 'insert', rows: 50, changed },
  ]);
});

test('rows are those the planner expects, columns those the statement sets', () => {
  expect(writesOf(remove, 5)).toEqual([
    { table: orders, operation: 'delete', rows: 100, changed: new Set() },
  ]);
  expect(writesOf(update, 5)[0]?.changed).toEqual(new Set(['status']));
  const upsert = 'INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET total = 5';
  expect(writesOf(write(upsert, 'Insert', 1), 1)[0]?.changed).toEqual(new Set(['total']));
});

describe('an index costs', () => {
  test('an entry for each row inserted, more for texts and most for GIN', () => {
    const number = overhead(on('user_id'), insert);
    const text = overhead(on('status'), insert);
    const gin = overhead(on('status', { method: 'gin' }), insert);
    // Microseconds of an entry, from benchmarks/index-maintenance.
    expect([number, text, gin]).toEqual([5, 13, 50].map((us) => expect.closeTo(us)));
  });

  test('only for the rows that are in it', () => {
    const partial = on('user_id', { predicate: "status = 'failed'", selectivity: 0.01 });
    expect(overhead(partial, insert)).toBeCloseTo(0.05);
  });

  test('nothing for an update of other columns, as long as no index holds those', () => {
    expect(overhead(on('user_id'), update)).toBe(0);
    const others = [...schema.indexesOf(orders), index('orders', 's', ['status'])];
    expect(overhead(on('user_id'), update, others)).toBeCloseTo(5);
  });

  test('for an update of its own column its entry, and those of all the others', () => {
    expect(overhead(on('status'), update)).toBeCloseTo(13 + 5);
    expect(overhead(on('user_id', { include: ['status'] }), update)).toBeGreaterThan(5);
    const predicate = on('user_id', { predicate: "status = 'failed'", selectivity: 0.01 });
    expect(overhead(predicate, update)).toBeGreaterThan(0);
    const expression = on('id', { keys: [{ expression: 'lower(status)' }] });
    expect(overhead(expression, update)).toBeGreaterThan(13);
  });

  test('a little for each row deleted: VACUUM takes it out later', () => {
    expect(overhead(on('user_id'), remove)).toBeCloseTo(10);
  });

  test('nothing for writes to another table', () => {
    const users = schema.tableNamed('users') as CatalogTable;
    expect(overhead(on('email', { table: users }), insert)).toBe(0);
  });
});

test('an index that is there costs what it would cost to add it', () => {
  const there = index('orders', 's', ['status']);
  const with_ = shopSchema({ indexes: [...shopCatalog().indexes, there] });
  const cost = upkeepOf(there, orders, writesOf(update, 1_000), with_);
  expect(cost).toBeCloseTo(overhead(on('status'), update));
});
