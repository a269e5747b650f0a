import { expect, test } from 'vitest';
import { lexicalKey } from '../../../src/workload/log/lexical-key.ts';
import { StatementTally } from '../../../src/workload/log/statement-tally.ts';

const execution = (text: string, ms: number): Parameters<StatementTally['add']>[0] => ({
  text,
  parameters: null,
  ms,
  plan: null,
});

test('statements that differ in their literals are one', () => {
  const tally = new StatementTally();
  for (const [text, ms] of [
    ["SELECT * FROM t WHERE a = 'x' AND b IN (1, 2)", 1],
    ["select * from t\nwhere a = 'it''s' and b in (1, 2, 3)", 3],
    ["SELECT * FROM t WHERE a = 'x' AND c = 1", 5],
  ] as const) {
    tally.add(execution(text, ms));
  }
  expect(tally.statements().map(({ calls, meanMs }) => [calls, meanMs])).toEqual([
    [1, 5],
    [2, 2],
  ]);
});

test.each([
  ['SELECT "2024" FROM t', 'SELECT "2025" FROM t'],
  ['SELECT a1 FROM t', 'SELECT a2 FROM t'],
  ["SELECT 'a' FROM t", 'SELECT "a" FROM t'],
])('%s is not %s', (one, other) => {
  expect(lexicalKey(one)).not.toBe(lexicalKey(other));
});

test('a server that was asked ever new things does not fill the memory', () => {
  const tally = new StatementTally();
  tally.add(execution('SELECT important FROM t', 1_000));
  const name = (index: number): string =>
    `c${index.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '')}`;
  for (let index = 0; index < 10_050; index += 1) {
    tally.add(execution(`SELECT ${name(index)} FROM t`, 1));
  }
  expect(tally.statements().length).toBeLessThanOrEqual(10_000);
  expect(tally.statements()[0]?.text).toBe('SELECT important FROM t');
  expect(tally.dropped.statements).toBeGreaterThan(4_000);
  expect(tally.dropped.ms).toBe(tally.dropped.statements);
});

test('what cannot be read as one statement is told once', () => {
  const tally = new StatementTally();
  for (let round = 0; round < 3; round += 1) {
    tally.add(execution('SELEC 1', 1));
    tally.add(execution('SELECT a FROM t; SELECT b FROM t', 1));
    tally.add(execution(`SELECT '${'x'.repeat(100_000)}'`, 1));
    tally.add(execution('BEGIN', 1));
    tally.add(execution('', 1));
  }
  expect(tally.statements()).toEqual([]);
  expect(tally.unread.map(({ error }) => error)).toEqual([
    'syntax error at or near "SELEC"',
    '2 statements sent together: the log has one duration for all',
    'longer than 100 kB',
  ]);
});
