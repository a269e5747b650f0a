import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { renderPlanTree } from '../../src/report/terminal/plan-tree.ts';
import { parsePlan } from '../../src/sql/plan-reading/parse-plan.ts';
import { sequentialPlan } from '../fixtures/query-findings.ts';

const analysed = parsePlan(`
Sort  (cost=900.00..910.00 rows=400 width=8) (actual time=90.0..100.0 rows=80000.00 loops=1)
  Sort Key: o.total
  Buffers: shared hit=600 read=300, temp read=20 written=22
  ->  Nested Loop  (cost=0.00..800.00 rows=400 width=8) (actual time=1.0..60.0 rows=80000.00 loops=1)
        Buffers: shared hit=600 read=300
        ->  Seq Scan on orders o  (cost=0.00..500.00 rows=400 width=8) (actual time=1.0..20.0 rows=400.00 loops=1)
              Buffers: shared read=300
        ->  Index Scan using users_pkey on users u  (cost=0.00..4.00 rows=1 width=4) (actual time=0.01..0.05 rows=200.00 loops=400)
              Buffers: shared hit=600
  SubPlan 1
    ->  Seq Scan on notes  (cost=0.00..9.00 rows=4 width=4) (never executed)
Planning Time: 0.5 ms
Execution Time: 101 ms`);

test('one line a node, with its own time, rows against the plan, and blocks', () => {
  expect(renderPlanTree(analysed, { colour: false, width: 120 })).toBe(
    `
Plan                                                      own time              rows  planned                 blocks
Sort                                                         40 ms  ████······   80k      400  ↑ 200×        42 temp
├─ Nested Loop                                               20 ms  ██········   80k      400  ↑ 200×              0
│  ├─ Seq Scan on orders o                                   20 ms  ██········   400      400          300, 300 read
│  └─ Index Scan using users_pkey on users u, 400 times      20 ms  ██········   80k      400  ↑ 200×            600
└─ SubPlan 1: Seq Scan on notes                          never ran                          4
execution 101 ms · planning 500 µs`.slice(1),
  );
});

test('a plan that was not executed shows the cost', () => {
  const lines = renderPlanTree(sequentialPlan, { colour: false, width: 100 }).split('\n');
  expect(lines[0]).toMatch(/^Plan +own cost +rows$/);
  expect(lines.slice(1).some((line) => /Seq Scan on orders o +\d+ % {2}█+/.test(line))).toBe(true);
});

test('colours change no character, and no line is wider than asked', () => {
  const plain = renderPlanTree(analysed, { colour: false, width: 80 });
  const coloured = renderPlanTree(analysed, { colour: true, width: 80 });
  expect(coloured).not.toBe(plain);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
  for (const line of plain.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
