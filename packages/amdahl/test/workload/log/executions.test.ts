import { expect, test } from 'vitest';
import { ExecutionReader, parametersIn } from '../../../src/workload/log/executions.ts';
import type { LogEntry } from '../../../src/workload/log/log-entry.ts';

function entry(message: string, more: Partial<LogEntry> = {}): LogEntry {
  return {
    at: null,
    pid: 1,
    user: null,
    database: null,
    level: 'LOG',
    message,
    detail: null,
    context: null,
    statement: null,
    hint: null,
    query: null,
    ...more,
  };
}

const executionsOf = (...entries: readonly LogEntry[]): readonly unknown[] => {
  const reader = new ExecutionReader();
  return [...entries.flatMap((each) => reader.see(each)), ...reader.end()].map(
    ({ text, ms, parameters }) => [text, ms, parameters],
  );
};

test.each([
  ['duration: 1.5 ms  statement: SELECT 1', ['SELECT 1', 1.5, null]],
  ['duration: 1.5 ms  execute <unnamed>: SELECT $1', ['SELECT $1', 1.5, null]],
  ['duration: 1.5 ms  execute S_3/C_4: SELECT $1', ['SELECT $1', 1.5, null]],
  ['duration: 1.5 ms  execute fetch from S_3: SELECT $1', ['SELECT $1', 1.5, null]],
])('%s', (message, execution) => {
  expect(executionsOf(entry(message))).toEqual([execution]);
});

test('steps that do not execute, and other messages, are none', () => {
  expect(
    executionsOf(
      entry('duration: 1 ms  parse <unnamed>: SELECT $1'),
      entry('duration: 1 ms  bind <unnamed>: SELECT $1'),
      entry('duration: 1 ms'),
      entry('checkpoint complete: wrote 1 buffers'),
    ),
  ).toEqual([]);
});

test('a duration belongs to the last statement of its process', () => {
  expect(
    executionsOf(
      entry('statement: SELECT a', { pid: 1 }),
      entry('execute <unnamed>: SELECT b', { pid: 2, detail: "parameters: $1 = '2'" }),
      entry('duration: 1 ms', { pid: 2 }),
      entry('statement: SELECT c', { pid: 1 }),
      entry('duration: 3 ms', { pid: 1 }),
      entry('statement: SELECT d', { pid: 3 }),
    ),
  ).toEqual([
    ['SELECT b', 1, ['2']],
    ['SELECT a', null, null],
    ['SELECT c', 3, null],
    ['SELECT d', null, null],
  ]);
});

test('statements whose duration never comes do not pile up', () => {
  const reader = new ExecutionReader();
  let counted = 0;
  for (let pid = 0; pid < 10_100; pid += 1) {
    counted += reader.see(entry('statement: SELECT a', { pid })).length;
  }
  expect(counted).toBe(100);
  expect(reader.end()).toHaveLength(10_000);
});

test.each([
  ["$1 = '7', $2 = NULL", ['7', null]],
  ["$1 = 'it''s, $2 = NULL', $2 = ''", ["it's, $2 = NULL", '']],
  ["$2 = 'b'", [null, 'b']],
  ["$1 = 'two\nlines'", ['two\nlines']],
  ["$999999999 = 'x', $1 = 'a'", ['a']],
  ["$1 = 'cut of", []],
])('parameters: %s', (list, expected) => {
  expect(parametersIn(list)).toEqual(expected);
});
