import { expect, test } from 'vitest';
import { statementIdentity } from '../../src/workload/statement-identity.ts';

test.each([
  ['SELECT * FROM t WHERE id = 1', 'select *\nfrom t where id = $1'],
  ['SELECT * FROM t WHERE id IN (1, 2)', 'SELECT * FROM t WHERE id IN (1, 2, 3)'],
  ['SELEC', 'SELEC'],
])('%s is %s', (one, other) => {
  expect(statementIdentity(one)).toBe(statementIdentity(other));
});

test.each([
  ['SELECT * FROM t WHERE id = 1', 'SELECT * FROM t WHERE id IN (1)'],
  ['SELECT * FROM events_07', 'SELECT * FROM events_08'],
  ['DELETE FROM events_07 WHERE id = 1', 'DELETE FROM events_08 WHERE id = 1'],
  ['SELECT * FROM a.t', 'SELECT * FROM b.t'],
  ['SELECT a FROM t', 'SELECT b FROM t'],
])('%s is not %s', (one, other) => {
  expect(statementIdentity(one)).not.toBe(statementIdentity(other));
});
