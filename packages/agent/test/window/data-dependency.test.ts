import { expect, test } from 'vitest';
import { Peer } from '../../src/calls/peer.ts';
import { Call, type Operation } from '../../src/requests/operation.ts';
import { StatementExecution } from '../../src/statements/execution.ts';
import { StatementShape } from '../../src/statements/shape.ts';
import { dependenciesOf } from '../../src/window/data-dependency.ts';

function neededOperations(
  url: string,
  operations: readonly Operation[],
): readonly (readonly number[])[] {
  return dependenciesOf(url, operations).map(({ needs }) => needs);
}

function at<Kind extends Operation>(operation: Kind, startedAt: number, endedAt: number): Kind {
  operation.startedAt = startedAt;
  operation.endedAt = endedAt;
  return operation;
}

function statement(
  times: readonly [number, number],
  parameters: readonly unknown[],
  rows: readonly unknown[],
  text: string = 'SELECT',
): StatementExecution {
  const execution = new StatementExecution(new StatementShape(text), text, parameters, null, null);
  execution.keepRows(rows);
  return at(execution, ...times);
}

function call(times: readonly [number, number], target: string): Call {
  return at(new Call('http', new Peer(target), target, null, null), ...times);
}

test('a parameter first seen in the rows of an operation that had ended needs it', () => {
  const operations = [
    statement([1, 2], [], [{ id: 41 }, { id: 42 }]),
    statement([3, 4], [42], [['blue', new Date(0)]]),
    statement([5, 6], ['blue'], []),
    statement([7, 8], [new Date(0), '41'], []),
  ];
  expect(neededOperations('/', operations)).toEqual([[], [0], [1], [0, 1]]);
});

test('an operation that had not ended, or only repeats a value, is not needed', () => {
  const operations = [
    statement([1, 9], [], [{ id: 1 }]),
    statement([2, 3], [1], [{ id: 1, owner: 2 }]),
    statement([4, 5], [1], []),
  ];
  expect(neededOperations('/', operations)).toEqual([[], [], []]);
});

test('what the request brought along itself needs nothing', () => {
  const operations = [
    statement([1, 2], ['7'], [{ id: 7, name: 'a b', page: 3 }]),
    statement([3, 4], [7, 'a b', 3], []),
  ];
  expect(neededOperations('/shops/7/a%20b?page=3', operations)).toEqual([[], []]);
});

test('lists are looked into, what carries no information is not', () => {
  const operations = [
    statement([1, 2], [], [{ id: 5, tags: ['x'], active: true, note: null, text: '' }]),
    statement([3, 4], [[4, 5]], []),
    statement([5, 6], [['x']], []),
    statement([7, 8], [true, null, ''], []),
  ];
  expect(neededOperations('/', operations)).toEqual([[], [0], [0], []]);
});

test('literals count when a statement has no parameters', () => {
  const operations = [
    statement([1, 2], [], [{ id: 5, name: "O'Neil" }]),
    statement([3, 4], [], [], "SELECT 1 FROM people WHERE name = 'O''Neil'"),
    statement([5, 6], [], [], 'SELECT 9 FROM people WHERE id = 5'),
  ];
  expect(neededOperations('/', operations)).toEqual([[], [0], [0]]);
});

test('literals that never change are part of the code', () => {
  const shape = new StatementShape('SELECT ? FROM people WHERE kind = ?');
  const text = 'SELECT 9 FROM people WHERE kind = 5';
  const again = (): readonly (readonly number[])[] =>
    neededOperations('/', [
      statement([1, 2], [], [{ id: 5 }]),
      at(new StatementExecution(shape, text, [], null, null), 3, 4),
    ]);
  expect(again()).toEqual([[], [0]]);
  for (let round = 0; round < 20; round += 1) again();
  expect(again()).toEqual([[], []]);
  expect(new StatementExecution(shape, `${text}1`, [], null, null).shape).toBe(shape);
  expect(again()).toEqual([[], [0]]);
});

test('the size of a page comes from no row', () => {
  const text = 'SELECT id FROM people WHERE id > $1 LIMIT $2 OFFSET $3';
  const operations = [
    statement([1, 2], [], [{ count: 10, offset: 20 }]),
    statement([3, 4], [7, 10, 20], [], text),
    statement([5, 6], [10, 7, 7], [], text),
  ];
  expect(neededOperations('/', operations)).toEqual([[], [], [0]]);
});

test('a value seen nowhere may have come from the reply of a call', () => {
  const operations = [
    statement([1, 2], ['constant'], []),
    call([3, 4], '/session'),
    statement([5, 6], ['user-9'], [{ address: 12 }]),
    statement([7, 8], ['constant'], []),
    call([9, 10], '/addresses/12'),
    statement([11, 12], ['user-9', 'zip'], []),
  ];
  expect(neededOperations('/', operations)).toEqual([[], [], [1], [], [1, 2], [1, 4]]);
});

test('each parameter names the result and the column its value was first seen in', () => {
  const named = statement([1, 2], [], [[41, 'blue']]);
  named.columns = [{ name: 'id' }, { name: 'colour' }];
  const operations = [
    named,
    statement([3, 4], [41], [{ owner: 7, tags: ['x', 'y'] }]),
    statement([5, 6], [9, 'blue', 7, ['q', 'y']], []),
  ];
  expect(dependenciesOf('/', operations).map(({ sources }) => sources)).toEqual([
    [],
    [{ parameter: 1, span: 0, column: 'id' }],
    [
      { parameter: 2, span: 0, column: 'colour' },
      { parameter: 3, span: 1, column: 'owner' },
      { parameter: 4, span: 1, column: 'tags' },
    ],
  ]);
});

test('the last row of a long result is a source too: the next page starts after it', () => {
  const rows = Array.from({ length: 5_000 }, (_, index) => ({ id: `row ${index}` }));
  const operations = [
    statement([1, 2], [], rows),
    statement([3, 4], ['row 4999'], []),
    statement([5, 6], ['row 3000'], []),
  ];
  expect(neededOperations('/', operations)).toEqual([[], [0], []]);
});
