import { expect, test } from 'vitest';
import {
  isDataStatement,
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

test('statements about rows are told from those about tables, workers and leaders from others', () => {
  expect(isDataStatement('SELECT 1')).toBe(true);
  expect(isDataStatement('ALTER TABLE a ADD COLUMN x int')).toBe(false);
  expect(skipsLocked('SELECT id FROM jobs FOR UPDATE skip  locked')).toBe(true);
  expect(skipsLocked('SELECT skip FROM locked')).toBe(false);
  expect(takesAdvisoryLock('SELECT pg_try_advisory_xact_lock(1)')).toBe(true);
  expect(takesAdvisoryLock('SELECT pg_advisory_unlock(1)')).toBe(false);
});
