import { expect, test } from 'vitest';
import type { LabStatement } from '../../../src/lab/experiments/lab-statement.ts';
import { workloadCandidates } from '../../../src/lab/experiments/workload-candidates.ts';
import { parseStatement } from '../../../src/sql/parser.ts';
import { shapeOf } from '../../../src/sql/statement-shape.ts';
import { shopSchema } from '../../sql/schema-fixture.ts';

const schema = shopSchema();

/** Reasons by keys, of what is made of two candidates: `user_id,status`. */
function mergedReasons(...texts: readonly string[]): ReadonlyMap<string, string> {
  const statements = texts.map((text) => {
    const { node } = parseStatement(text);
    const shape = node === null ? null : shapeOf(node, schema);
    return { shape, rewrites: [] } as Pick<LabStatement, 'rewrites'> as LabStatement;
  });
  return new Map(
    workloadCandidates(statements, schema)
      .filter(({ merged, include }) => merged === true && include.length === 0)
      .map(({ keys, reason }) => [keys.map(({ column }) => column).join(), reason]),
  );
}

test('an index for two lookups is looked up by both', () => {
  const reasons = mergedReasons(
    'SELECT * FROM orders WHERE user_id = $1',
    'SELECT * FROM orders WHERE status = $1',
  );
  expect(reasons.get('user_id,status')).toBe('orders is looked up by user_id and status');
});

test('what is looked up by two and sorted by a third says so without running them together', () => {
  const reasons = mergedReasons(
    'SELECT * FROM orders WHERE user_id = $1 ORDER BY created_at LIMIT 9',
    'SELECT * FROM orders WHERE status = $1',
  );
  expect(reasons.get('user_id,created_at,status')).toBe(
    'orders is looked up by user_id and status, and sorted by created_at',
  );
});

test('one column looked up and another searched by a range are two things', () => {
  const reasons = mergedReasons(
    'SELECT * FROM orders WHERE user_id = $1',
    'SELECT * FROM orders WHERE total > 5',
  );
  expect(reasons.get('user_id,total')).toBe(
    'orders is looked up by user_id and searched by a range of total',
  );
});
