import type { Span } from '@amdahl/agent/protocol';
import { describe, expect, test } from 'vitest';
import { siteKey } from '../../../src/audits/async/spans.ts';
import { loopsOf, type StatementLoop } from '../../../src/audits/queries/statement-loops.ts';
import { frame, span, trace } from '../../fixtures/agent.ts';

type Step = Omit<Span, 'id'>;

const list = 'SELECT id FROM orders';
const lines = 'SELECT * FROM lines WHERE order_id = $1';
const parcels = 'SELECT * FROM parcels WHERE order_id = $1';
const items = 'SELECT * FROM items WHERE id = $1';

/** A statement of a millisecond, with a value of the column `id` of that span's rows. */
function step(name: string, atMs: number, from: number | null, more: Partial<Span> = {}): Step {
  return span('statement', name, [atMs, atMs + 1], {
    callSite: frame('src/app.ts', name.length, name),
    ...(from === null
      ? {}
      : { needs: [from], sources: [{ parameter: 1, span: from, column: 'id' }] }),
    ...more,
  });
}

/** The loops, each as its statements. */
function loops(steps: readonly Step[]): readonly StatementLoop[] {
  const request = trace('GET /', 100, steps);
  return loopsOf(request, new Set(request.spans.filter(({ name }) => name !== list).map(siteKey)));
}

function namesOf({ outer, beside, nested }: StatementLoop): unknown {
  const nameOf = ({ spans }: StatementLoop['outer']): string | undefined => spans[0]?.name;
  return [nameOf(outer), beside.map(nameOf), nested.map(nameOf)];
}

const rows = [0, 1, 2, 3, 4];

test('statements that take their values from the same rows at the same time are one loop', () => {
  const [loop, ...others] = loops([
    step(list, 0, null),
    ...rows.flatMap((row) => [step(lines, 10 + 4 * row, 0), step(parcels, 12 + 4 * row, 0)]),
  ]);
  expect(others).toEqual([]);
  expect(loop && namesOf(loop)).toEqual([lines, [parcels], []]);
  expect(loop).toMatchObject({
    source: { statement: list, column: 'id' },
    atOnce: false,
    followsItself: false,
  });
});

test('one loop after the other over the same rows are two, unless one function has both', () => {
  const both = (more: Partial<Span>): readonly StatementLoop[] =>
    loops([
      step(list, 0, null),
      ...rows.map((row) => step(lines, 10 + 2 * row, 0, more)),
      ...rows.map((row) => step(parcels, 40 + 2 * row, 0, more)),
    ]);
  expect(both({})).toHaveLength(2);
  expect(both({ callSite: frame('src/app.ts', 7, 'showOrders') })).toHaveLength(1);
});

test('a loop over the rows of a loop is nested in it, what belongs to each row is beside it', () => {
  const steps: Step[] = [step(list, 0, null)];
  for (const row of rows) {
    const line = steps.push(step(lines, 10 + 10 * row, 0)) - 1;
    for (const item of [0, 1, 2]) steps.push(step(items, 12 + 10 * row + 2 * item, line));
    steps.push(step(parcels, 19 + 10 * row, line));
  }
  const [loop, ...others] = loops(steps);
  expect(others).toEqual([]);
  expect(loop && namesOf(loop)).toEqual([lines, [parcels], [items]]);
});

test('waits for connections in between change nothing, nor does running at once', () => {
  const [loop, ...others] = loops([
    step(list, 0, null),
    ...rows.flatMap((row) => [
      span('pool', 'shop', [5, 6 + row]),
      step(lines, 6, 0, { durationUs: 1_000 * (row + 1) }),
    ]),
  ]);
  expect(others).toEqual([]);
  expect(loop?.outer.spans).toHaveLength(5);
  expect(loop?.atOnce).toBe(true);
});

test('executions that ask with what they answered follow themselves', () => {
  const [loop] = loops([
    step(items, 0, null),
    ...rows.map((row) => step(items, 10 + 2 * row, Math.floor(row / 2))),
  ]);
  expect(loop).toMatchObject({ followsItself: true, source: null });
});

describe('without values to go by', () => {
  test('statements of one function are one loop, of several are not', () => {
    const at = (more: Partial<Span>): readonly StatementLoop[] =>
      loops(
        rows.flatMap((row) => [
          step(lines, 4 * row, null, more),
          step(parcels, 2 + 4 * row, null, more),
        ]),
      );
    expect(at({ callSite: frame('src/app.ts', 7, 'showOrders') })).toHaveLength(1);
    expect(at({})).toHaveLength(2);
  });
});
