import type { Span } from '@amdahl/agent/protocol';
import { describe, expect, test } from 'vitest';
import { chattyTransaction } from '../../../src/audits/queries/chatty-transaction.ts';
import { span, trace } from '../../fixtures/agent.ts';
import { findingOf, findingsOf } from '../../fixtures/audit.ts';
import { evidence, route, site, statement } from './workload.ts';

const insert = 'INSERT INTO lines (order_id, product) VALUES ($1, $2)';
const rows = [
  [1, 'a'],
  [1, 'b'],
];

type Step = Omit<Span, 'id'>;

function step(name: string, atMs: number, more: Partial<Span> = {}): Step {
  return span('statement', name, [atMs, atMs + 1], { callSite: site, connection: 1, ...more });
}

/** Ten writes in a transaction, with something between them. */
function writes(text: string, between: (atMs: number) => readonly Step[] = () => []) {
  return trace(route, 100, [
    step('BEGIN', 0),
    ...Array.from({ length: 10 }, (_, index) => [
      step(text, 5 + 5 * index),
      ...between(7 + 5 * index),
    ]).flat(),
    step('COMMIT', 60),
  ]);
}

test('rows inserted one by one are found, with the statement for all and what stays open meanwhile', () => {
  const finding = findingOf(
    chattyTransaction,
    evidence([statement(insert, { perRequest: 10, ms: 4, parameters: rows })], {
      traces: [writes(insert)],
    }),
  );
  expect(finding.title).toBe(`${route} writes 10 rows of lines one statement at a time`);
  expect(finding.remedy.change).toMatchObject({
    before: insert,
    // Every row of the request has the same order.
    after: expect.stringMatching(/\$1,\s+given\.product\s+FROM unnest\(CAST\(\$2 AS text\[\]\)\)/),
  });
  const numbers = finding.evidence.filter((detail) => detail.kind === 'number');
  expect(numbers.map(({ value }) => value)).toEqual([12, 61, 49]);
  // 40 ms of ten executions: nine of ten round trips of 1 ms go for certain.
  const [gain] = finding.prediction.gains;
  expect(gain?.gainMs.low).toBeCloseTo(9);
  expect(gain?.gainMs.high).toBeCloseTo(36);
});

test('the writes of one loop are one finding', () => {
  const update = 'UPDATE stock SET quantity = quantity - $2 WHERE product = $1';
  const pieces = [
    ['a', 1],
    ['b', 2],
  ];
  const aggregates = [
    statement(insert, { perRequest: 10, ms: 4, parameters: rows }),
    statement(update, { perRequest: 10, ms: 4, parameters: pieces }),
  ];
  const finding = findingOf(
    chattyTransaction,
    evidence(aggregates, { traces: [writes(insert, (at) => [step(update, at)])] }),
  );
  expect(finding.title).toContain('rows of lines and stock');
  expect(finding.remedy.risk).toBe('medium');
});

describe('rows stay as they are', () => {
  test.each<readonly [string, (atMs: number) => readonly Step[]]>([
    ['that may fail each by itself', (at) => [step('SAVEPOINT one', at)]],
    ['that record work done elsewhere', (at) => [span('http', 'POST http://mail/', [at, at + 1])]],
    ['a worker takes', (at) => [step('SELECT id FROM jobs FOR UPDATE SKIP LOCKED', at)]],
  ])('%s', (_which, between) => {
    const aggregate = statement(insert, { perRequest: 10, ms: 4, parameters: rows });
    const traces = [writes(insert, between)];
    expect(findingsOf(chattyTransaction, evidence([aggregate], { traces }))).toEqual([]);
  });

  test('that each need the one before', () => {
    const traces = [
      trace(
        route,
        100,
        Array.from({ length: 10 }, (_, id) =>
          step(insert, 5 * id, id === 0 ? {} : { needs: [id - 1] }),
        ),
      ),
    ];
    const aggregate = statement(insert, { perRequest: 10, ms: 4, parameters: rows });
    expect(findingsOf(chattyTransaction, evidence([aggregate], { traces }))).toEqual([]);
  });

  test.each([
    ['four of them', insert, 4],
    ['in chunks', 'INSERT INTO lines (order_id, product) VALUES ($1, $2), ($3, $4)', 10],
  ])('%s', (_which, text, perRequest) => {
    const aggregate = statement(text, { perRequest, ms: 4, parameters: rows });
    expect(findingsOf(chattyTransaction, evidence([aggregate]))).toEqual([]);
  });
});

describe('a row read and then changed', () => {
  const read = 'SELECT quantity FROM stock WHERE product = $1 FOR UPDATE';
  const update = 'UPDATE stock SET quantity = quantity - $2 WHERE product = $1';
  const aggregates = [statement(read, { ms: 40 }), statement(update, { ms: 8 })];

  test('in one transaction is found; what the read waited for a lock is not saved', () => {
    const traces = [
      trace(route, 100, [step('BEGIN', 0), step(read, 2), step(update, 50), step('COMMIT', 60)]),
    ];
    const finding = findingOf(chattyTransaction, evidence(aggregates, { traces }));
    expect(finding.remedy.change).toMatchObject({
      after: expect.stringMatching(/^UPDATE stock[\s\S]*RETURNING quantity$/),
    });
    expect(finding.prediction.gains[0]?.gainMs).toEqual({ low: 0, mid: 8, high: 8 });
  });

  test('is found beside a call that takes less than the round trip, or lies elsewhere', () => {
    const traces = [
      trace(route, 1_300, [
        step('BEGIN', 0),
        step(read, 2),
        span('socket', '127.0.0.1:6379', [3, 3.5]),
        step(update, 50),
        step('COMMIT', 60),
        span('http', 'POST http://carrier/labels', [62, 1_262]),
      ]),
    ];
    expect(findingOf(chattyTransaction, evidence(aggregates, { traces })).title).toMatch(
      /reads a row and then changes it/,
    );
  });

  test.each<readonly [string, readonly Step[]]>([
    [
      'around a call outside, which is what the transaction is open for',
      [
        step('BEGIN', 0),
        step(read, 2),
        span('http', 'POST http://carrier/labels', [4, 1_204]),
        step(update, 1_205),
        step('COMMIT', 1_207),
      ],
    ],
    ['outside a transaction', [step(read, 2), step(update, 50)]],
    ['in another order', [step('BEGIN', 0), step(update, 2), step(read, 50), step('COMMIT', 60)]],
    [
      'where something else is asked with what was read',
      [
        step('BEGIN', 0),
        step(read, 2),
        step('SELECT 1 FROM t WHERE a = $1', 5, { needs: [1] }),
        step(update, 50),
        step('COMMIT', 60),
      ],
    ],
  ])('%s is not', (_where, steps) => {
    const traces = [trace(route, 100, steps)];
    expect(findingsOf(chattyTransaction, evidence(aggregates, { traces }))).toEqual([]);
  });
});
