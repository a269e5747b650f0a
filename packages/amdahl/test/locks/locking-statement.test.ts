import { expect, test } from 'vitest';
import {
  isDataStatement,
  keyColumnOf,
  skipsLocked,
  tablesLockedBy,
  tablesNamedBy,
  takesAdvisoryLock,
} from '../../src/locks/locking-statement.ts';

test.each([
  ['SELECT * FROM a JOIN b USING (id)', [], ['a', 'b']],
  ['SELECT * FROM a JOIN b USING (id) FOR UPDATE', ['a', 'b'], ['a', 'b']],
  ['UPDATE a SET x = b.x FROM b', ['a'], ['b', 'a']],
  ['INSERT INTO shop.a SELECT * FROM b', ['a'], ['b', 'a']],
  ['WITH gone AS (DELETE FROM a RETURNING id) SELECT * FROM gone', ['a'], ['gone', 'a']],
  ['ALTER TABLE a ADD COLUMN x int', [], []],
  ['no SQL at all', [], []],
])('%s locks rows of %j', (text, locked, named) => {
  expect(tablesLockedBy(text)).toEqual(locked);
  expect(tablesNamedBy(text)).toEqual(named);
});

test.each([
  ['UPDATE stock SET quantity = 1 WHERE product_id = $1 AND quantity > 0', 'product_id'],
  ['DELETE FROM stock s WHERE quantity > 0 AND s.id = 7', 'id'],
  ['SELECT 1 FROM stock WHERE quantity > 0 FOR UPDATE', null],
  ['UPDATE stock SET quantity = 1', null],
])('%s finds rows by %s', (text, column) => {
  expect(keyColumnOf(text)).toBe(column);
});

test('statements about rows are told from those about tables, workers and leaders from others', () => {
  expect(isDataStatement('SELECT 1')).toBe(true);
  expect(isDataStatement('ALTER TABLE a ADD COLUMN x int')).toBe(false);
  expect(skipsLocked('SELECT id FROM jobs FOR UPDATE skip  locked')).toBe(true);
  expect(skipsLocked('SELECT skip FROM locked')).toBe(false);
  expect(takesAdvisoryLock('SELECT pg_try_advisory_xact_lock(1)')).toBe(true);
  expect(takesAdvisoryLock('SELECT pg_advisory_unlock(1)')).toBe(false);
});
